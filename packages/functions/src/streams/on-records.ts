import { withActor } from "@backline/core/actor"
import { isRetryable, toAppError } from "@backline/core/error"
import type { Batch } from "@backline/core/ingest"
import { log, withLogFields } from "@backline/core/logger"
import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda"

/** `arn:aws:kinesis:<region>:<account>:stream/<name>` and `<shard>:<sequence>` */
const streamOf = (record: KinesisStreamRecord): string => record.eventSourceARN.split(":stream/")[1] ?? record.eventSourceARN
const shardOf = (record: KinesisStreamRecord): string => record.eventID.split(":")[0] ?? record.eventID

/** Batches as the verb takes them. Lambda gives one shard at a time; a test or a replay tool may not. */
function batchesOf(records: readonly KinesisStreamRecord[]): Batch[] {
  const batches = new Map<string, { stream: string; shard: string; records: Batch["records"][number][] }>()
  for (const record of records) {
    const [stream, shard] = [streamOf(record), shardOf(record)]
    const batch = batches.get(`${stream}#${shard}`) ?? { stream, shard, records: [] }
    batches.set(`${stream}#${shard}`, batch)
    const { sequenceNumber, approximateArrivalTimestamp, data } = record.kinesis
    // Seconds with a fraction become whole milliseconds; rounding, as 1.005 * 1000 is not 1005.
    batch.records.push({
      sequence: sequenceNumber,
      arrivedAt: Math.round(approximateArrivalTimestamp * 1000),
      bytes: Buffer.from(data, "base64"),
    })
  }
  return [...batches.values()]
}

/**
 * Adapts a Kinesis source to one verb, which takes a batch of a shard as a whole and treats bad records as data.
 * What time can mend (a store did not answer) is answered with the batch's first sequence number, so the very same batch comes again.
 * Anything else is thrown, so that Lambda bisects the batch until the record that breaks us stands alone in the failure destination:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export const onRecords =
  (run: (batch: Batch) => Promise<unknown>) =>
  async (event: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> =>
    withActor({ type: "system" }, async () => {
      const batchItemFailures: KinesisStreamBatchResponse["batchItemFailures"] = []
      for (const batch of batchesOf(event.Records)) {
        const first = batch.records[0]!.sequence
        await withLogFields({ stream: batch.stream, shard: batch.shard, first, records: batch.records.length }, async () => {
          try {
            await run(batch)
          } catch (error) {
            log.error("batch failed", { error })
            const known = toAppError(error)
            // A permission is given by the next deploy: the stream keeps the batch as it is until then.
            const isBroken = known.kind === "internal" && known.code !== "internal.denied"
            if (isBroken || !isRetryable(known)) throw error
            batchItemFailures.push({ itemIdentifier: first })
          }
        })
      }
      return { batchItemFailures }
    })
