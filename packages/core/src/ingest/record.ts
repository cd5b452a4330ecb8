import { isUtf8 } from "node:buffer"
import { MAX_BYTES, oversize, type Parsed, parse, type Problem, type StreamName, streamOf } from "../event/index.ts"
import type { Placed, Refused } from "../lake/index.ts"
import { config } from "../config.ts"

/** A record of a stream as Kinesis delivers it. */
export interface RawRecord {
  sequence: string
  /** Epoch milliseconds. */
  arrivedAt: number
  bytes: Buffer
}

/** Records of one shard in order. */
export interface Batch {
  /** Physical name of the stream. */
  stream: string
  shard: string
  records: readonly RawRecord[]
}

const problem = (code: Problem["code"], message: string): Parsed => ({ problem: { code, path: "", message } })

/** Producers with stream permissions may write anything, so a record is distrusted from its first byte. Never throws. */
export function decode(bytes: Uint8Array): Parsed {
  if (bytes.byteLength > MAX_BYTES) return oversize()
  if (!isUtf8(bytes)) return problem("input.json", "The record is not UTF-8.")
  try {
    return parse(JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")))
  } catch {
    return problem("input.json", "The record is not JSON.")
  }
}

const STREAMS = { concert: "CONCERT_STREAM", artist: "ARTIST_STREAM", venue: "VENUE_STREAM" } as const satisfies Record<
  StreamName,
  string
>

/** Physical name of a stream of ours. */
export const physicalName = (stream: StreamName): string => config(STREAMS[stream])

/** Parts a batch into events and what has to go to quarantine, each in stream order. An event in a foreign stream has no order with its own kind, so it is refused. */
export function sort({ stream, shard, records }: Batch): { events: Placed[]; refused: Refused[] } {
  const events: Placed[] = []
  const refused: Refused[] = []
  const here = (Object.keys(STREAMS) as StreamName[]).find((name) => physicalName(name) === stream)
  for (const { sequence, arrivedAt, bytes } of records) {
    let parsed = decode(bytes)
    if (parsed.event && streamOf(parsed.event) !== here)
      parsed = problem("input.stream", `${parsed.event.type} belongs in the ${streamOf(parsed.event)} stream.`)
    if (parsed.event) events.push({ event: parsed.event, shard, sequence, arrivedAt })
    else refused.push({ reason: `${parsed.problem.code}: ${parsed.problem.message}`, shard, sequence, arrivedAt, bytes })
  }
  return { events, refused }
}
