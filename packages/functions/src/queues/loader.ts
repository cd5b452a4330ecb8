import { toAppError } from "@backline/core/error"
import { withRemaining } from "@backline/core/warehouse"
import { load, LoadObject } from "@backline/core/warehouse/load"
import type { Context, SQSBatchItemFailure, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda"
import { onBatch } from "./on-messages.ts"

/** Below this there is no time for another load and its waiting. */
const LEAST_MS = 15_000

const attemptOf = (records: readonly SQSRecord[]): number =>
  Math.max(...records.map((record) => Number(record.attributes.ApproximateReceiveCount)))

const failuresOf = (records: readonly SQSRecord[]): SQSBatchItemFailure[] =>
  records.map(({ messageId }) => ({ itemIdentifier: messageId }))

/** The messages of each table together; what cannot be read is left to the wrapper, which sends it back. */
function byTable(records: readonly SQSRecord[]): SQSRecord[][] {
  const groups = new Map<unknown, SQSRecord[]>()
  for (const record of records) {
    const table = /"table"\s*:\s*"(\w+)"/.exec(record.body)?.[1]
    groups.set(table, [...(groups.get(table) ?? []), record])
  }
  return [...groups.values()]
}

/**
 * Each table succeeds or fails alone. Where a repeat is refused by the warehouse again, it is halved until the object that cannot be loaded stands alone:
 * its neighbours are loaded, and it ends in the dead letter.
 */
async function loadTogether(records: SQSRecord[], context: Context): Promise<SQSBatchItemFailure[]> {
  if (context.getRemainingTimeInMillis() < LEAST_MS) return failuresOf(records)
  const attempt = attemptOf(records)
  let refused = false
  const loadAll = (objects: LoadObject[]) =>
    load(objects, { attempt }).catch((error: unknown) => {
      refused = toAppError(error).code === "internal.query_failed"
      throw error
    })
  const { batchItemFailures } = await onBatch(LoadObject, loadAll)({ Records: records })
  if (attempt === 1 || !refused || batchItemFailures.length < 2) return batchItemFailures
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
  const again = records.filter(({ messageId }) => failed.has(messageId))
  const half = Math.ceil(again.length / 2)
  return [...(await loadTogether(again.slice(0, half), context)), ...(await loadTogether(again.slice(half), context))]
}

/** Loads what the consumer has written to the lake into the warehouse. */
export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  withRemaining(
    () => context.getRemainingTimeInMillis(),
    async () => {
      const batchItemFailures: SQSBatchItemFailure[] = []
      for (const records of byTable(event.Records)) batchItemFailures.push(...(await loadTogether(records, context)))
      return { batchItemFailures }
    },
  )
