import { GetRecordsCommand, GetShardIteratorCommand } from "@aws-sdk/client-kinesis"
import { setTimeout as sleep } from "node:timers/promises"
import * as z from "zod"
import { IS_NEW, PutCommand, unlessRefused } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { writeRefused } from "../lake/index.ts"
import { failedKey, type Span } from "../lake/object.ts"
import type { Refused } from "../lake/quarantine.ts"
import { log } from "../logger.ts"
import { kinesis } from "../sdk.ts"
import { entryItem } from "./table.ts"

/** Why a record is there that nothing may be wrong with. */
const CODE = "internal.consumer"

const Sequence = z.string().regex(/^\d{1,129}$/)

/** What Lambda says of a batch that it gave up, which is not the records: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html */
export const Failure = z.object({
  requestContext: z.object({ condition: z.string() }),
  KinesisBatchInfo: z.object({
    streamArn: z.string().regex(/:stream\/[\w.-]+$/),
    shardId: z.string().min(1),
    startSequenceNumber: Sequence,
    endSequenceNumber: Sequence,
    batchSize: z.int().min(1),
  }),
})
export type Failure = z.output<typeof Failure>

/** An answer may be empty although records follow; a shard takes five requests a second, from all of its readers. */
const MOST_REQUESTS = 100
const PAUSE_MS = 250

/** The records of a batch, as far as the stream still has them. */
async function recordsOf({ KinesisBatchInfo: batch, requestContext }: Failure): Promise<Refused[]> {
  const StreamARN = batch.streamArn
  const { ShardIterator } = await kinesis().send(
    new GetShardIteratorCommand({
      StreamARN,
      ShardId: batch.shardId,
      ShardIteratorType: "AT_SEQUENCE_NUMBER",
      StartingSequenceNumber: batch.startSequenceNumber,
    }),
  )
  const reason = `${CODE}: No attempt could take this record's batch (${requestContext.condition}). Send it as it is.`
  const [first, last] = [BigInt(batch.startSequenceNumber), BigInt(batch.endSequenceNumber)]
  const records: Refused[] = []
  let iterator = ShardIterator
  for (let request = 0; iterator !== undefined && request < MOST_REQUESTS; request++) {
    if (request > 0) await sleep(PAUSE_MS)
    const {
      Records = [],
      NextShardIterator,
      MillisBehindLatest,
    } = await kinesis().send(new GetRecordsCommand({ StreamARN, ShardIterator: iterator, Limit: batch.batchSize }))
    for (const { SequenceNumber = "", Data, ApproximateArrivalTimestamp } of Records) {
      const sequence = BigInt(SequenceNumber)
      if (sequence > last) return records
      if (sequence < first) continue
      const arrivedAt = ApproximateArrivalTimestamp?.getTime() ?? 0
      records.push({ reason, shard: batch.shardId, sequence: SequenceNumber, arrivedAt, bytes: Data ?? new Uint8Array() })
      if (sequence === last) return records
    }
    if (Records.length === 0 && MillisBehindLatest === 0) return records
    iterator = NextShardIterator
  }
  return records
}

/**
 * Takes a batch that the consumer was given up with into quarantine before the stream forgets it: object, then row. The same failure again writes the same bytes and leaves
 * the row, and what people decided, as they are. Throws `unavailable.failed_batch` where the stream has none of it any more: the message then ends in the dead letter.
 */
export async function keepFailed(failure: Failure): Promise<void> {
  const { streamArn, shardId, startSequenceNumber, endSequenceNumber, batchSize } = failure.KinesisBatchInfo
  const records = await recordsOf(failure)
  const first = records[0]
  if (!first)
    throw new AppError(
      "unavailable",
      "unavailable.failed_batch",
      `The stream does not have the batch from ${startSequenceNumber} any more. Ask its producers to send it again.`,
    )
  const stream = streamArn.split(":stream/")[1]!
  const span: Span = { stream, shard: shardId, first: startSequenceNumber, last: endSequenceNumber, arrivedAt: first.arrivedAt }
  const key = failedKey(span)
  await writeRefused(key, records)
  const Item = entryItem(span, records.length, key)
  await unlessRefused(dynamo().send(new PutCommand({ TableName: config("INGEST_TABLE"), Item, ConditionExpression: IS_NEW })))
  log.warn("a batch that the consumer failed at was quarantined", {
    stream,
    shard: shardId,
    first: startSequenceNumber,
    kept: records.length,
    of: batchSize,
  })
}
