import { BatchWriteCommand, DeleteCommand, QueryCommand } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { headKey, partition } from "../run/table.ts"
import { conversationKey, messagePartition } from "./table.ts"

interface Key {
  pk: string
  sk: string
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Deletes 25 at a time; what DynamoDB leaves unprocessed is sent again, which the SDK does not do. */
async function removeAll(keys: Key[]): Promise<void> {
  const TableName = config("CONVERSATION_TABLE")
  for (let i = 0; i < keys.length; i += 25) {
    let left = keys.slice(i, i + 25).map((Key) => ({ DeleteRequest: { Key } }))
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt === 8)
        throw new AppError(
          "unavailable",
          "unavailable.table",
          "The conversation could not be deleted in full just now. Delete it again.",
        )
      if (attempt > 0) await pause(25 * 2 ** attempt)
      const { UnprocessedItems } = await dynamo().send(new BatchWriteCommand({ RequestItems: { [TableName]: left } }))
      left = (UnprocessedItems?.[TableName] ?? []) as typeof left
    }
  }
}

/** Pages of a partition: the keys, and of messages the run they belong to. */
async function* contents(pk: string): AsyncGenerator<{ pk: string; sk: string; runId?: string }[]> {
  let ExclusiveStartKey: Record<string, unknown> | undefined
  do {
    const page = await dynamo().send(
      new QueryCommand({
        TableName: config("CONVERSATION_TABLE"),
        KeyConditionExpression: "pk = :pk",
        ProjectionExpression: "pk, sk, runId",
        ExpressionAttributeValues: { ":pk": pk },
        ConsistentRead: true,
        ExclusiveStartKey,
      }),
    )
    yield (page.Items ?? []) as { pk: string; sk: string; runId?: string }[]
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey)
}

const keysOf = (items: Key[]): Key[] => items.map(({ pk, sk }) => ({ pk, sk }))

/** Runs first, heads before logs, so that a worker in the middle of an answer loses its lease and writes nothing more; then messages, then the conversation. */
export async function removeContent(userId: string, conversationId: string): Promise<void> {
  const TableName = config("CONVERSATION_TABLE")
  for await (const items of contents(messagePartition(conversationId))) {
    const runs = [...new Set(items.flatMap(({ runId }) => runId ?? []))]
    await removeAll(runs.map(headKey))
    for (const run of runs) for await (const events of contents(partition(run))) await removeAll(keysOf(events))
    await removeAll(keysOf(items))
  }
  await dynamo().send(new DeleteCommand({ TableName, Key: conversationKey(userId, conversationId) }))
}
