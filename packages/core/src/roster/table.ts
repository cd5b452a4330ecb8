import { DeleteCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb"
import * as z from "zod"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"

/** CONNECTION_TABLE, access patterns: put and delete one listener of a topic · all listeners of a topic. */
const keyOf = (topic: string, connectionId: string) => ({ pk: `topic#${topic}`, sk: `connection#${connectionId}` })

export const Listener = z.object({ connectionId: z.string(), userId: z.string() })
export type Listener = z.infer<typeof Listener>

export async function put(topic: string, listener: Listener): Promise<void> {
  const Item = { ...keyOf(topic, listener.connectionId), ...listener }
  await dynamo().send(new PutCommand({ TableName: config("CONNECTION_TABLE"), Item }))
}

/** Who was forgotten, if anybody. */
export async function remove(topic: string, connectionId: string): Promise<Listener | undefined> {
  const Key = keyOf(topic, connectionId)
  const { Attributes } = await dynamo().send(
    new DeleteCommand({ TableName: config("CONNECTION_TABLE"), Key, ReturnValues: "ALL_OLD" }),
  )
  return Attributes && Listener.parse(Attributes)
}

export async function all(topic: string): Promise<Listener[]> {
  const found: Listener[] = []
  let ExclusiveStartKey: Record<string, unknown> | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await dynamo().send(
      new QueryCommand({
        TableName: config("CONNECTION_TABLE"),
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": `topic#${topic}` },
        ConsistentRead: true,
        ExclusiveStartKey,
      }),
    )
    found.push(...Items.map((item) => Listener.parse(item)))
    ExclusiveStartKey = LastEvaluatedKey
  } while (ExclusiveStartKey)
  return found
}
