import * as z from "zod"
import { AppError, denied } from "../error.ts"
import { type Event, keyOf, MAX_BYTES, oversize, parse, type Problem, type StreamName, streamOf } from "../event/index.ts"
import { fn } from "../fn.ts"
import { type Entry, put } from "./put.ts"
import { physicalName } from "./record.ts"

/** Why one item of a request is not in the stream; `limit.*` and `unavailable.*` are worth another try, `input.*` and `internal.*` are not. */
export interface Rejection {
  index: number
  code: Problem["code"] | "limit.rate" | "unavailable.stream" | "internal.denied"
  message: string
}

/** The greatest sequence number that a request was given in a shard: what `loaded` of GET /ingest/progress has to reach. */
export interface Position {
  stream: string
  shard: string
  sequence: string
}

const RETRY_AFTER_MS = 2_000
const LATER = {
  "limit.rate": "The stream takes no more right now. Send this event again in a few seconds.",
  "internal.denied": "Backline lacks the permission to write to this stream. Report it; sending again does not help.",
  "unavailable.stream": "The stream did not answer. Send this event again; its id makes it the same event.",
} as const

const Body = z.object({
  events: z
    .array(z.unknown(), "must be a list of events")
    .min(1, "must have at least one event")
    .max(500, "must have at most 500 events"),
})

/** Validates item by item and encodes each event once; the bytes are what the stream keeps. */
function encode(events: readonly unknown[]) {
  const streams = new Map<StreamName, Entry[]>()
  const rejected: Rejection[] = []
  for (const [index, value] of events.entries()) {
    let { event, problem }: { event?: Event; problem?: Problem } = parse(value)
    const bytes = event && Buffer.from(JSON.stringify(event))
    if (bytes && bytes.byteLength > MAX_BYTES) problem = oversize().problem
    if (!event || !bytes || problem) {
      rejected.push({ index, code: problem?.code ?? "input.event", message: problem?.message ?? "is not an event" })
      continue
    }
    const stream = streamOf(event)
    const entry = { index, key: keyOf(event), bytes }
    const entries = streams.get(stream)
    if (entries) entries.push(entry)
    else streams.set(stream, [entry])
  }
  return { streams, rejected }
}

function refuseAll(rejected: readonly Rejection[]): never {
  if (rejected.some(({ code }) => code === "internal.denied")) throw denied(undefined)
  const later = rejected.find(({ code }) => code === "unavailable.stream") ?? rejected.find(({ code }) => code === "limit.rate")
  if (later) {
    const kind = later.code === "limit.rate" ? "limit" : "unavailable"
    throw new AppError(
      kind,
      later.code,
      "No event was accepted. Wait as long as Retry-After says, then send the request again.",
      {
        retryAfterMs: RETRY_AFTER_MS,
      },
    )
  }
  const codes = new Set(rejected.map(({ code }) => code))
  const details = rejected.map(({ index, message }) => ({ path: `events.${index}`, message }))
  throw new AppError(
    "input",
    codes.size === 1 ? rejected[0]!.code : "input.event",
    "No event could be accepted. Details name each problem.",
    { details },
  )
}

/**
 * Takes 1–500 events into their streams. The good ones of a mixed batch are accepted; accepted means that Kinesis has given a sequence number.
 * Throws `input.*` when no item is an event, `internal.denied` when a stream denies, and `limit.rate` or `unavailable.stream` with a delay when nothing could be written.
 */
export const accept = fn(
  () => Body,
  async ({ events }) => {
    const { streams, rejected } = encode(events)
    const positions: Position[] = []
    await Promise.all(
      [...streams].map(async ([name, entries]) => {
        const stream = physicalName(name)
        const outcome = await put(stream, entries)
        for (const [shard, sequence] of outcome.positions) positions.push({ stream, shard, sequence })
        for (const { index, code } of outcome.failed) rejected.push({ index, code, message: LATER[code] })
      }),
    )
    rejected.sort((a, b) => a.index - b.index)
    if (rejected.length === events.length) refuseAll(rejected)
    return { accepted: events.length - rejected.length, rejected, positions }
  },
)
