import { UpdateCommand } from "../dynamo/index.ts"
import * as z from "zod"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"

/** CONNECTION_TABLE, access patterns: add to what a person and one of the person's connections used in a window · add one to how often a person did something in a window. */
const Used = z.object({ total: z.number(), own: z.number() })

/** What all functions together have noted so far, these included. */
export async function add(
  { userId, connectionId, window, frames }: { userId: string; connectionId: string; window: number; frames: number },
  expiresAt: number,
): Promise<z.infer<typeof Used>> {
  const { Attributes = {} } = await dynamo().send(
    new UpdateCommand({
      TableName: config("CONNECTION_TABLE"),
      Key: { pk: `limit#${userId}`, sk: `window#${window}` },
      UpdateExpression: "ADD #total :n, #own :n SET #ttl = :ttl",
      ExpressionAttributeNames: { "#total": "total", "#own": `connection#${connectionId}`, "#ttl": "ttl" },
      ExpressionAttributeValues: { ":n": frames, ":ttl": Math.ceil(expiresAt / 1000) },
      ReturnValues: "UPDATED_NEW",
    }),
  )
  return Used.parse({ total: Attributes.total, own: Attributes[`connection#${connectionId}`] })
}

/** How often a person did this in this window, this time included. */
export async function addOne(userId: string, what: string, window: number, expiresAt: number): Promise<number> {
  const { Attributes = {} } = await dynamo().send(
    new UpdateCommand({
      TableName: config("CONNECTION_TABLE"),
      Key: { pk: `limit#${userId}`, sk: `${what}#${window}` },
      UpdateExpression: "ADD times :one SET #ttl = :ttl",
      ExpressionAttributeNames: { "#ttl": "ttl" },
      ExpressionAttributeValues: { ":one": 1, ":ttl": Math.ceil(expiresAt / 1000) },
      ReturnValues: "UPDATED_NEW",
    }),
  )
  return z.number().parse(Attributes.times)
}
