import { BatchWriteCommand, DeleteCommand, PutCommand, QueryCommand, ScanCommand } from "@aws-sdk/lib-dynamodb"
import * as z from "zod"
import { ROLES } from "../actor.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"

/**
 * CONNECTION_TABLE, access patterns: put and delete one connection · a user's connections (GSI byUser, paged) ·
 * all expired rows (the sweep: the only scan of the product).
 */
const keyOf = (connectionId: string) => ({ pk: `connection#${connectionId}`, sk: "connection" })
const userPk = (userId: string): string => `user#${userId}`

export const Info = z.object({
  connectionId: z.string(),
  userId: z.string(),
  role: z.enum(ROLES),
  /** Epoch milliseconds. */
  connectedAt: z.number(),
})
export type Info = z.infer<typeof Info>

/** `expiresAt` in epoch milliseconds. */
export async function put(info: Info, expiresAt: number): Promise<void> {
  const Item = { ...keyOf(info.connectionId), ...info, userPk: userPk(info.userId), ttl: Math.ceil(expiresAt / 1000) }
  await dynamo().send(new PutCommand({ TableName: config("CONNECTION_TABLE"), Item }))
}

export async function remove(connectionId: string): Promise<void> {
  await dynamo().send(new DeleteCommand({ TableName: config("CONNECTION_TABLE"), Key: keyOf(connectionId) }))
}

const Cursor = z.record(z.string(), z.string())
const encode = (key: Record<string, unknown> | undefined) => key && Buffer.from(JSON.stringify(key)).toString("base64url")
function decode(cursor: string | undefined): Record<string, string> | undefined {
  if (cursor === undefined) return undefined
  try {
    return Cursor.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")))
  } catch (cause) {
    throw new AppError("input", "input.cursor", "This cursor is not one of ours. Start again without it.", { cause })
  }
}

/** A page of a user's connections; DynamoDB returns expired items for days, so they are left out here. */
export async function byUser(
  userId: string,
  now: number,
  limit: number,
  cursor?: string,
): Promise<{ items: Info[]; next?: string }> {
  const { Items = [], LastEvaluatedKey } = await dynamo().send(
    new QueryCommand({
      TableName: config("CONNECTION_TABLE"),
      IndexName: "byUser",
      KeyConditionExpression: "userPk = :user",
      FilterExpression: "#ttl > :now",
      ExpressionAttributeNames: { "#ttl": "ttl" },
      ExpressionAttributeValues: { ":user": userPk(userId), ":now": Math.floor(now / 1000) },
      Limit: limit,
      ExclusiveStartKey: decode(cursor),
    }),
  )
  return { items: Items.map((item) => Info.parse(item)), next: encode(LastEvaluatedKey) }
}

type Key = { pk: string; sk: string }

/** Deletes up to 25 rows; what DynamoDB leaves unprocessed is sent again a few times, then left for the next sweep. */
async function removeBatch(keys: Key[]): Promise<number> {
  const TableName = config("CONNECTION_TABLE")
  let left = keys.map((Key) => ({ DeleteRequest: { Key } }))
  for (let attempt = 0; left.length > 0 && attempt < 4; attempt++) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** attempt))
    const { UnprocessedItems } = await dynamo().send(new BatchWriteCommand({ RequestItems: { [TableName]: left } }))
    left = (UnprocessedItems?.[TableName] ?? []) as typeof left
  }
  return keys.length - left.length
}

/** Deletes every row, ticket or connection, whose time is over; says how many. */
export async function removeExpired(now: number): Promise<number> {
  let removed = 0
  let ExclusiveStartKey: Record<string, unknown> | undefined
  do {
    const page = await dynamo().send(
      new ScanCommand({
        TableName: config("CONNECTION_TABLE"),
        FilterExpression: "#ttl <= :now",
        ProjectionExpression: "pk, sk",
        ExpressionAttributeNames: { "#ttl": "ttl" },
        ExpressionAttributeValues: { ":now": Math.floor(now / 1000) },
        ExclusiveStartKey,
      }),
    )
    const keys = (page.Items ?? []) as Key[]
    for (let i = 0; i < keys.length; i += 25) removed += await removeBatch(keys.slice(i, i + 25))
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey)
  return removed
}
