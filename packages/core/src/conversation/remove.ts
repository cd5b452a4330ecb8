import { DeleteCommand, everyOf, type Key, keyOf, KEYS, queryPages, writeAll } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { headKey, partition } from "../run/index.ts"
import { conversationKey, messagePartition } from "./table.ts"

const busy = () =>
  new AppError("unavailable", "unavailable.table", "The conversation could not be deleted in full just now. Delete it again.")

const removeAll = (keys: readonly Key[]): Promise<void> =>
  writeAll(
    config("CONVERSATION_TABLE"),
    keys.map((key) => ({ DeleteRequest: { Key: keyOf(key) } })),
    busy,
  )

/** Pages of a partition: the keys, and of messages the run they belong to. */
const contents = (partition: string) =>
  queryPages({
    TableName: config("CONVERSATION_TABLE"),
    ...everyOf(partition),
    ProjectionExpression: `${KEYS}, runId`,
    ConsistentRead: true,
  }) as AsyncGenerator<(Key & { runId?: string })[]>

/** Runs first, heads before logs, so that a worker in the middle of an answer loses its lease and writes nothing more; then messages, then the conversation. */
export async function removeContent(userId: string, conversationId: string): Promise<void> {
  const TableName = config("CONVERSATION_TABLE")
  for await (const items of contents(messagePartition(conversationId))) {
    const runs = [...new Set(items.flatMap(({ runId }) => runId ?? []))]
    await removeAll(runs.map(headKey))
    for (const run of runs) for await (const events of contents(partition(run))) await removeAll(events)
    await removeAll(items)
  }
  await dynamo().send(new DeleteCommand({ TableName, Key: conversationKey(userId, conversationId) }))
}
