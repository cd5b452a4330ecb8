import { EARLIEST, isInstant, LATEST } from "./fields.ts"
import { EVENT_TYPES, type Event, SCHEMAS } from "./types.ts"

export { EARLIEST, isDay, LATEST } from "./fields.ts"
export { EVENT_TYPES, type Event, type EventInput, type EventOf, type EventType, versionOf } from "./types.ts"

/** Largest event, in bytes of its JSON: a Kinesis record may have 1 MB, but an event describes one thing. */
export const MAX_BYTES = 64 * 1024

/** Why a value is not an event; the path leads into the event (`data.venueId`), the message says what to write there. */
export interface Problem {
  code: "input.event" | "input.type" | "input.time" | "input.size" | "input.json" | "input.stream"
  message: string
  path: string
}
export type Parsed = { event: Event; problem?: undefined } | { event?: undefined; problem: Problem }

const refuse = (code: Problem["code"], path: string, message: string): Parsed => ({
  problem: { code, path, message: `${path ? `${path}: ` : ""}${message}`.slice(0, 300) },
})

function isOversize(value: unknown): boolean {
  try {
    return Buffer.byteLength(JSON.stringify(value)) > MAX_BYTES
  } catch {
    return true // nested deeper than the stack, which 64 KB of an event never are
  }
}

export const oversize = (): Parsed => refuse("input.size", "", `An event may have ${MAX_BYTES} bytes. Split it.`)

/** Never throws. What a producer sent becomes an event (text trimmed, defaults filled in) or the one problem to mend first. */
export function parse(value: unknown): Parsed {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return refuse("input.event", "", "An event is an object {id, type, at, v, data}.")
  const { type, at, v } = value as Record<string, unknown>
  const known = SCHEMAS.get(type)
  if (!known) return isOversize(value) ? oversize() : refuse("input.type", "type", `must be one of ${EVENT_TYPES.join(", ")}`)
  if (!isInstant(at)) return refuse("input.time", "at", `must be whole epoch milliseconds from ${EARLIEST} to ${LATEST}`)
  if (known.isCanonical(value)) return { event: value as Event }
  const result = (known.older.get(v) ?? known.schema).safeParse(value)
  if (result.success) return { event: result.data }
  if (isOversize(value)) return oversize()
  const issue = result.error.issues[0]
  return refuse("input.event", issue?.path.map(String).join(".") ?? "", issue?.message ?? "is not an event")
}

export type StreamName = "concert" | "artist" | "venue"

/** The stream an event belongs to. */
export function streamOf(event: Event): StreamName {
  if (event.type === "artist.upserted" || event.type === "artist.followed") return "artist"
  return event.type === "venue.upserted" ? "venue" : "concert"
}

/** The partition key: all events about one artist, venue or concert share a shard. */
export function keyOf({ data }: Event): string {
  if ("concertId" in data) return data.concertId
  return "venueId" in data ? data.venueId : data.artistId
}

/** A few words about an event for a list of recent ones. */
export function labelOf({ data }: Event): string {
  if ("name" in data) return data.name
  if ("title" in data) return data.title
  if ("followerId" in data) return data.artistId
  return "quantity" in data ? `${data.quantity} × ${data.concertId}` : data.concertId
}
