import { GetCommand, IS_NEW, PutCommand, unlessRefused, UpdateCommand } from "../dynamo/index.ts"
import * as z from "zod"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"

/** ACCOUNT_TABLE, access patterns: one person's profile · the next short number. */
const keyOf = (userId: string) => ({ pk: `user#${userId}`, sk: "profile" })
const COUNTER = { pk: "counter", sk: "user" }

export const Profile = z.object({
  name: z.string(),
  email: z.string().optional(),
  number: z.number().int(),
  /** Epoch milliseconds. */
  createdAt: z.number(),
})
export type Profile = z.infer<typeof Profile>

export async function find(userId: string): Promise<Profile | undefined> {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: config("ACCOUNT_TABLE"), Key: keyOf(userId), ConsistentRead: true }),
  )
  return Item && Profile.parse(Item)
}

/** Numbers start at 1 and are never given twice; one may stay unused. */
export async function nextNumber(): Promise<number> {
  const { Attributes } = await dynamo().send(
    new UpdateCommand({
      TableName: config("ACCOUNT_TABLE"),
      Key: COUNTER,
      UpdateExpression: "ADD #value :one",
      ExpressionAttributeNames: { "#value": "value" },
      ExpressionAttributeValues: { ":one": 1 },
      ReturnValues: "UPDATED_NEW",
    }),
  )
  return z.number().int().parse(Attributes?.value)
}

/** False when somebody was faster. */
export async function putNew(userId: string, profile: Profile): Promise<boolean> {
  const Item = { ...keyOf(userId), ...profile }
  const put = new PutCommand({ TableName: config("ACCOUNT_TABLE"), Item, ConditionExpression: IS_NEW })
  return (await unlessRefused(dynamo().send(put))) !== undefined
}
