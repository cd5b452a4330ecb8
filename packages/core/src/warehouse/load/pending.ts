import { BatchWriteCommand } from "../../dynamo/index.ts"
import { setTimeout as sleep } from "node:timers/promises"
import { dynamo } from "../../aws.ts"
import { config } from "../../config.ts"
import { AppError } from "../../error.ts"
import { pendingKey } from "../../ingest/table.ts"
import type { LoadObject } from "./object.ts"

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const PER_CALL = 25
const ATTEMPTS = 6

type Requests = { DeleteRequest: { Key: Record<string, unknown> } }[]

/** BatchWriteItem answers 200 with what it left undone; the SDK does not repeat that. */
async function remove(table: string, requests: Requests): Promise<void> {
  let left = requests
  for (let attempt = 0; left.length > 0; attempt += 1) {
    if (attempt === ATTEMPTS)
      throw new AppError("unavailable", "unavailable.pending", "The pending list could not be cleared yet. It is tried again.")
    if (attempt > 0) await sleep(50 * 2 ** attempt)
    const { UnprocessedItems } = await dynamo().send(new BatchWriteCommand({ RequestItems: { [table]: left } }))
    left = (UnprocessedItems?.[table] ?? []) as Requests
  }
}

/** Takes loaded objects off the pending list; objects that are not on it are fine. */
export async function forgetPending(objects: readonly LoadObject[]): Promise<void> {
  const table = config("INGEST_TABLE")
  const requests = objects.map((object) => ({ DeleteRequest: { Key: pendingKey(object) } }))
  for (let n = 0; n < requests.length; n += PER_CALL) await remove(table, requests.slice(n, n + PER_CALL))
}
