import { GetCommand, IS_NEW, PutCommand, unlessRefused } from "../dynamo/index.ts"
import * as z from "zod"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { type Session, tokenKey } from "./table.ts"

/**
 * TOKEN_TABLE, access patterns: keep the newest access token of a session that has sockets · read it. Nobody but its token tells whether a session was
 * signed out, so whoever closes sockets asks with it. Only those functions may read this table; a token is good for an hour, and its item no longer.
 */
type Of = Pick<Session, "userId" | "session">

const Kept = z.object({ token: z.string(), expiresAt: z.number() })
export type Kept = z.infer<typeof Kept>

/** Nothing happens where a newer one is kept. */
export async function keep(who: Of, { token, expiresAt }: Kept): Promise<void> {
  await unlessRefused(
    dynamo().send(
      new PutCommand({
        TableName: config("TOKEN_TABLE"),
        Item: { ...tokenKey(who), token, expiresAt, ttl: Math.ceil(expiresAt / 1000) },
        ConditionExpression: `${IS_NEW} OR expiresAt < :until`,
        ExpressionAttributeValues: { ":until": expiresAt },
      }),
    ),
  )
}

/** The token, where there is one that is still good. */
export async function find(who: Of): Promise<Kept | undefined> {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: config("TOKEN_TABLE"), Key: tokenKey(who), ConsistentRead: true }),
  )
  const kept = Item && Kept.parse(Item)
  return kept && kept.expiresAt > now() ? kept : undefined
}
