import { PutObjectCommand } from "../s3/index.ts"
import { s3 } from "../aws.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { eventsKey, type LakeObject, quarantineKey, type Span } from "./object.ts"
import { parquetOf } from "./parquet.ts"
import { quarantineOf, type Refused } from "./quarantine.ts"
import { type Placed, rowsOf } from "./rows.ts"
import { TOPICS } from "./tables.ts"

export { LakeObject } from "./object.ts"
export type { Refused } from "./quarantine.ts"
export type { Placed } from "./rows.ts"
export { LAKE_TABLES, type LakeTable, TOPICS } from "./tables.ts"

/** The client retries 503 Slow Down by itself; what still fails is replayed by the stream and overwrites the same key. */
async function put(key: string, body: Uint8Array, contentType: string): Promise<void> {
  const Bucket = config("LAKE_BUCKET")
  try {
    await s3().send(new PutObjectCommand({ Bucket, Key: key, Body: body, ContentType: contentType }))
  } catch (cause) {
    throw new AppError("unavailable", "unavailable.lake", "The lake did not take an object. The batch is delivered again.", {
      cause,
    })
  }
}

/** Writes an object of quarantine. */
export const writeRefused = (key: string, refused: readonly Refused[]): Promise<void> =>
  put(key, quarantineOf(refused), "application/gzip")

/** Writes a batch: one object per table that has rows, one for what was refused. Returns the objects for the warehouse. */
export async function write(span: Span, events: readonly Placed[], refused: readonly Refused[]): Promise<LakeObject[]> {
  const rows = rowsOf(events)
  const { stream, shard, first: firstSequence, last: lastSequence } = span
  const writes = TOPICS.filter((table) => rows[table].length > 0).map(async (table): Promise<LakeObject> => {
    const body = parquetOf(table, rows[table])
    const key = eventsKey(table, span)
    await put(key, body, "application/vnd.apache.parquet")
    return { table, key, bytes: body.byteLength, rows: rows[table].length, stream, shard, firstSequence, lastSequence }
  })
  const quarantine = refused.length > 0 ? [writeRefused(quarantineKey(span), refused)] : []
  // Every write ends before the first failure is reported: nothing may run on after the handler has answered.
  await Promise.allSettled([...writes, ...quarantine])
  await Promise.all(quarantine)
  return Promise.all(writes)
}
