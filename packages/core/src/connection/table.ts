import {
  beginning,
  cursorOf,
  DeleteCommand,
  GetCommand,
  type Item,
  QueryCommand,
  queryAll,
  readCursor,
  unlessRefused,
  UpdateCommand,
} from "../dynamo/index.ts"
import * as z from "zod"
import { ROLES } from "../actor.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"

/**
 * CONNECTION_TABLE, access patterns: one connection, by person and id · a person's connections, paged · what a person listens to · everything, by the
 * sweep alone.
 * A row whose connection is known to be over stays for a while as a tombstone (`closedAt`), so that whatever comes late finds it.
 */
const SK = "connection#"
const listOf = (userId: string) => ({ pk: `user#${userId}`, prefix: SK })
const keyOf = ({ userId, connectionId }: Ref) => ({ pk: listOf(userId).pk, sk: SK + connectionId })

/** Whose socket. Every event of a socket carries both, so a row needs no index. */
export interface Ref {
  userId: string
  connectionId: string
}

export const Info = z.object({
  connectionId: z.string(),
  userId: z.string(),
  role: z.enum(ROLES),
  /** Epoch milliseconds. */
  connectedAt: z.number(),
  /** Until when the person's access token vouches for this socket, in epoch milliseconds. */
  expiresAt: z.number(),
  /** The sign-in that the token is of. */
  session: z.string().optional(),
})
export type Info = z.infer<typeof Info>

/** A token that names no sign-in: it ends with its person, or by itself. */
const NO_SESSION = ""

const Topics = z.set(z.string()).optional()

const seconds = (at: number): number => Math.ceil(at / 1000)

/** Gives the row as it was. */
async function update(ref: Ref, change: string, values: Record<string, unknown>, condition?: string) {
  const names = ["role", "session", "ttl"].filter((name) => change.includes(`#${name}`))
  const { Attributes = {} } = await dynamo().send(
    new UpdateCommand({
      TableName: config("CONNECTION_TABLE"),
      Key: keyOf(ref),
      UpdateExpression: change,
      ConditionExpression: condition,
      ExpressionAttributeNames: names.length > 0 ? Object.fromEntries(names.map((name) => [`#${name}`, name])) : undefined,
      ExpressionAttributeValues: values,
      ReturnValues: "ALL_OLD",
    }),
  )
  return Attributes
}

/** The same, but false where the connection is over. */
const updateOpen = async (ref: Ref, expression: string, values: Record<string, unknown>): Promise<boolean> =>
  (await unlessRefused(update(ref, expression, values, "attribute_not_exists(closedAt)"))) !== undefined

/** False where `$disconnect` was faster. Topics that a repeat finds stay. */
export const open = (
  { connectionId, userId, role, connectedAt, expiresAt, session }: Info,
  keepUntil: number,
): Promise<boolean> =>
  updateOpen(
    { connectionId, userId },
    "SET connectionId = :connection, userId = :user, #role = :role, connectedAt = :at, expiresAt = :until, #session = :session, #ttl = :ttl",
    {
      ":connection": connectionId,
      ":user": userId,
      ":role": role,
      ":at": connectedAt,
      ":until": expiresAt,
      ":session": session ?? NO_SESSION,
      ":ttl": seconds(keepUntil),
    },
  )

/** Turns the row into a tombstone, or makes one; gives the topics it listened to, also to whoever asks again. */
export async function close(ref: Ref, at: number, keepUntil: number): Promise<{ topics: string[]; isFirst: boolean }> {
  const old = await update(ref, "SET closedAt = if_not_exists(closedAt, :at), #ttl = :ttl", {
    ":at": at,
    ":ttl": seconds(keepUntil),
  })
  return { topics: [...(Topics.parse(old.topics) ?? [])], isFirst: old.closedAt === undefined }
}

/** Notes that it listens to a topic; false where the connection is over. */
export const addTopic = (ref: Ref, topic: string, keepUntil: number): Promise<boolean> =>
  updateOpen(ref, "ADD topics :topic SET #ttl = if_not_exists(#ttl, :ttl)", {
    ":topic": new Set([topic]),
    ":ttl": seconds(keepUntil),
  })

export const removeTopic = (ref: Ref, topic: string): Promise<boolean> =>
  updateOpen(ref, "DELETE topics :topic", { ":topic": new Set([topic]) })

/** A fresh token vouches for the socket; false where the connection is over. */
export const extend = (ref: Ref, { role, expiresAt, session }: Pick<Info, "role" | "expiresAt" | "session">): Promise<boolean> =>
  updateOpen(ref, "SET #role = :role, expiresAt = :until, #session = :session", {
    ":role": role,
    ":until": expiresAt,
    ":session": session ?? NO_SESSION,
  })

/** The live row, read consistently. */
export async function find(ref: Ref): Promise<Info | undefined> {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: config("CONNECTION_TABLE"), Key: keyOf(ref), ConsistentRead: true }),
  )
  return Item && Item.closedAt === undefined ? Info.safeParse(Item).data : undefined
}

export async function remove(ref: Ref): Promise<void> {
  await dynamo().send(new DeleteCommand({ TableName: config("CONNECTION_TABLE"), Key: keyOf(ref) }))
}

/** A cursor is the last connection of a page. */
const ID = /^[\w=+/-]{1,128}$/

/** A page of a person's connections; DynamoDB returns expired items for days, so they are left out here. */
export async function byUser(
  userId: string,
  now: number,
  limit: number,
  cursor?: string,
): Promise<{ items: Info[]; next?: string }> {
  const { KeyConditionExpression, ExpressionAttributeValues } = beginning(listOf(userId))
  const { Items = [], LastEvaluatedKey } = await dynamo().send(
    new QueryCommand({
      TableName: config("CONNECTION_TABLE"),
      KeyConditionExpression,
      FilterExpression: "#ttl > :now AND attribute_not_exists(closedAt) AND attribute_exists(connectionId)",
      ExpressionAttributeNames: { "#ttl": "ttl" },
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ":now": Math.floor(now / 1000) },
      Limit: limit,
      ExclusiveStartKey: cursor === undefined ? undefined : keyOf({ userId, connectionId: readCursor(cursor, ID) }),
    }),
  )
  return {
    items: Items.map((item) => Info.parse(item)),
    ...(LastEvaluatedKey && { next: cursorOf(String(LastEvaluatedKey.sk).slice(SK.length)) }),
  }
}

/** What a person's connections listen to, also those that are just ending. */
export async function topicsOf(userId: string): Promise<Set<string>> {
  const rows = await queryAll({ TableName: config("CONNECTION_TABLE"), ...beginning(listOf(userId)), ConsistentRead: true })
  return new Set(rows.flatMap(({ topics }) => [...(Topics.parse(topics) ?? [])]))
}

const Row = z.object({
  connectionId: z.string(),
  userId: z.string(),
  connectedAt: z.number(),
  expiresAt: z.number(),
  role: z.enum(ROLES),
  session: z.string().default(NO_SESSION),
  ttl: z.number(),
  topics: z.set(z.string()).default(new Set()),
})

/** The live row of an item of the table, undefined for any other item. */
export const rowOf = (item: Item): z.infer<typeof Row> | undefined =>
  String(item.sk).startsWith(SK) && item.closedAt === undefined ? Row.safeParse(item).data : undefined

/** Deletes an item of the table whose time is over, unless somebody gave it more. */
export async function removeExpired(item: Item, now: number): Promise<void> {
  await unlessRefused(
    dynamo().send(
      new DeleteCommand({
        TableName: config("CONNECTION_TABLE"),
        Key: { pk: item.pk, sk: item.sk },
        ConditionExpression: "#ttl <= :now",
        ExpressionAttributeNames: { "#ttl": "ttl" },
        ExpressionAttributeValues: { ":now": Math.floor(now / 1000) },
      }),
    ),
  )
}
