import * as z from "zod"
import { TOPICS, lakeVersion, type LakeTable } from "./tables.ts"

/** An object in the lake that the warehouse has not loaded: a pending row in DynamoDB, and the message in the load queue. */
export const LakeObject = z.object({
  table: z.enum(TOPICS),
  key: z.string().min(1),
  bytes: z.int().min(1),
  rows: z.int().min(1),
  stream: z.string().min(1),
  shard: z.string().min(1),
  /** Kinesis sequence numbers of the batch that it holds, decimal. */
  firstSequence: z.string().regex(/^\d{1,129}$/),
  lastSequence: z.string().regex(/^\d{1,129}$/),
})
export type LakeObject = z.output<typeof LakeObject>

/** Where a batch came from and when its first record arrived, which is all that a key depends on. */
export interface Span {
  stream: string
  shard: string
  first: string
  last: string
  /** Epoch milliseconds. */
  arrivedAt: number
}

const place = ({ shard, first, last }: Span): string => `${shard}-${first}-${last}`

/** `events/v=<version of the table>/topic=<table>/dt=YYYY-MM-DD/hr=HH/<shard>-<first>-<last>.parquet` (UTC). A topic is fed by one stream only, so shards of two streams never meet in a key. */
export function eventsKey(table: LakeTable, span: Span): string {
  const arrived = new Date(span.arrivedAt).toISOString()
  return `events/v=${lakeVersion(table)}/topic=${table}/dt=${arrived.slice(0, 10)}/hr=${arrived.slice(11, 13)}/${place(span)}.parquet`
}

export const quarantineKey = (span: Span): string =>
  `quarantine/${span.stream}/dt=${new Date(span.arrivedAt).toISOString().slice(0, 10)}/${place(span)}.ndjson.gz`

/** A whole batch that no attempt could take; apart from what a consumer wrote of the same batch before it died. */
export const failedKey = (span: Span): string => quarantineKey(span).replace(/[^/]*$/, (name) => `failed-${name}`)

/** The version of the file behind a key. */
export const versionInKey = (key: string): number => Number(/^events\/v=(\d+)\//.exec(key)?.[1] ?? 1)
