import { createHash } from "node:crypto"
import * as z from "zod"
import { everyOf } from "../dynamo/index.ts"
import { quarantineKey, type Span } from "../lake/object.ts"

/**
 * Quarantine in INGEST_TABLE, the only file that knows its keys:
 * - `quarantine` / `<arrival, padded>-<hash of the key>`: an object of quarantine, with how many of its records wait for a person. Written with the progress
 *   of its shard in one transaction. Newest first: query backwards. No list has to look into the bucket for what there is.
 * - `quarantine#<that sort key>` / `<line>`: what a person did with one record of it. Absent while nobody did anything.
 * A record is named by both: `<sort key>-<line>`.
 */
const QUARANTINE = "quarantine"

/** The bucket keeps objects for 90 days; one day less here, so that what is listed is there. */
const KEPT_MS = 89 * 24 * 60 * 60_000
/** More than a batch can have. */
export const MOST_LINES = 99_999

export const Entry = z.object({
  sk: z.string(),
  key: z.string(),
  stream: z.string(),
  shard: z.string(),
  records: z.int(),
  /** Records that nobody resubmitted or discarded. */
  open: z.int(),
  ttl: z.number(),
})
export type Entry = z.output<typeof Entry>

const Position = z.object({ stream: z.string(), shard: z.string(), sequence: z.string() })

export const Decision = z.object({
  sk: z.string(),
  /** `resubmitting`: it was begun, and whether the stream has the event is not known. Doing it again ends it. */
  state: z.enum(["resubmitting", "resubmitted", "discarded"]),
  eventId: z.string().optional(),
  /** Where the event lies now. */
  position: Position.optional(),
  /** User id. */
  by: z.string(),
  at: z.number(),
})
export type Decision = z.output<typeof Decision>

export const entryKey = (sk: string) => ({ pk: QUARANTINE, sk })
/** Objects from a place on, newest first when it is read backwards: with the one there, or past it. */
export const entriesFrom = (from: { entry: string; line: number } | undefined) => ({
  KeyConditionExpression: `pk = :pk${from ? ` AND sk ${from.line === MOST_LINES ? "<" : "<="} :from` : ""}`,
  ExpressionAttributeValues: { ":pk": QUARANTINE, ...(from && { ":from": from.entry }) },
})
const decisionPartition = (entry: string): string => `${QUARANTINE}#${entry}`
export const decisionKey = (entry: string, line: number) => ({ pk: decisionPartition(entry), sk: lineKey(line) })
export const everyDecision = (entry: string) => everyOf(decisionPartition(entry))
export const lineKey = (line: number): string => String(line).padStart(5, "0")

/** The row of a quarantine object that was, or is about to be, written. */
export function entryItem(span: Span, records: number, key: string = quarantineKey(span)) {
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 12)
  const sk = `${String(span.arrivedAt).padStart(15, "0")}-${hash}`
  const { stream, shard } = span
  const ttl = Math.floor((span.arrivedAt + KEPT_MS) / 1000)
  return { ...entryKey(sk), key, stream, shard, records, open: records, ttl }
}

/** The name of a record, short enough to type: `1750000000000-3fa9c1d2b4e5-0`. */
export const idOf = (entry: string, line: number): string => `${entry.replace(/^0+/, "")}-${line}`

export function placeOf(id: string): { entry: string; line: number } | undefined {
  const [, at, hash, line] = /^(\d{1,15})-([0-9a-f]{12})-(\d{1,5})$/.exec(id) ?? []
  return at === undefined ? undefined : { entry: `${at.padStart(15, "0")}-${hash}`, line: Number(line) }
}
