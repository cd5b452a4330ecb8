import { isUtf8 } from "node:buffer"
import type { Position } from "../ingest/accept.ts"
import type { Refused } from "../lake/quarantine.ts"
import { type Decision, type Entry, idOf } from "./table.ts"

/** A record that is no event, or that no attempt could take, and what became of it. */
export interface Info {
  id: string
  stream: string
  shard: string
  sequence: string
  /** `code: message` of what was wrong with it when it came. */
  reason: string
  /** Arrival in the stream, epoch milliseconds. */
  at: number
  /** Bytes of the record. */
  size: number
  /** The record itself: as text where it is UTF-8, else in base64. */
  text?: string
  base64?: string
  /** There is more of the record than is shown here. */
  cut?: true
  state: "open" | Decision["state"]
  /** The event that it became. */
  eventId?: string
  /** Where that event lies: it is in the warehouse once GET /ingest/progress has loaded so far. */
  position?: Position
  /** Who decided, and when. */
  by?: string
  decidedAt?: number
}

/** The beginning of a text that was cut may end within a character, which then is left out. */
function shown(bytes: Uint8Array, most: number): Pick<Info, "text" | "base64" | "cut"> {
  const cut = bytes.byteLength > most
  const part = Buffer.from(cut ? bytes.subarray(0, most) : bytes)
  const body = isUtf8(bytes) ? { text: part.toString("utf8").replace(/\uFFFD$/, "") } : { base64: part.toString("base64") }
  return { ...body, ...(cut && { cut }) }
}

/** `most` bytes of the record are shown. */
export function infoOf(entry: Entry, line: number, record: Refused, decision: Decision | undefined, most: number): Info {
  const { reason, sequence, arrivedAt, bytes } = record
  return {
    id: idOf(entry.sk, line),
    stream: entry.stream,
    shard: record.shard,
    sequence,
    reason,
    at: arrivedAt,
    size: bytes.byteLength,
    ...shown(bytes, most),
    state: decision?.state ?? "open",
    ...(decision?.eventId !== undefined && { eventId: decision.eventId }),
    ...(decision?.position && { position: decision.position }),
    ...(decision && { by: decision.by, decidedAt: decision.at }),
  }
}
