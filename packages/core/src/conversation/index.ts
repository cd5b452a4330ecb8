import { GetCommand, IS_THERE, page, PutCommand, unlessRefused, UpdateCommand } from "../dynamo/index.ts"
import * as z from "zod"
import { actingOwner } from "../actor.ts"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import { IdOf, newId } from "../id.ts"
import { removeContent } from "./remove.ts"
import { conversationItem, conversationKey, Info, listOf, messageOf, messagesOf, Title } from "./table.ts"
import { Cursor, Key } from "../text.ts"

export { ask } from "./ask.ts"
export { Question, send } from "./send.ts"
export { Info, type Answer, type Message } from "./table.ts"

export const missing = () => new AppError("missing", "missing.conversation", "There is no such conversation among yours.")

const table = () => config("CONVERSATION_TABLE")
const Page = { cursor: Cursor.optional(), limit: z.coerce.number().int().min(1).max(100).default(25) }

/** An empty conversation of the signed-in person. */
export const create = fn(
  () => z.object({ title: Title.optional() }),
  async ({ title = "New conversation" }) => {
    const info: Info = { id: newId("conversation"), title, createdAt: now(), updatedAt: now() }
    await dynamo().send(new PutCommand({ TableName: table(), Item: conversationItem(actingOwner(), info) }))
    return info
  },
)

/** One's own conversations, newest first. */
export const list = fn(
  () => z.object(Page),
  async (options) => {
    const { items, next } = await page({ table: table(), ...listOf(actingOwner()), newestFirst: true, ...options })
    return { items: items.map((item) => Info.parse(item)), next }
  },
)

export async function find(id: string): Promise<Info | undefined> {
  if (!IdOf("conversation").safeParse(id).success) return undefined
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: table(), Key: conversationKey(actingOwner(), id), ConsistentRead: true }),
  )
  return Item && Info.parse(Item)
}

/** One's own conversation; `missing.conversation` for any other. */
export const get = fn(
  () => z.object({ id: Key(64) }),
  async ({ id }) => {
    const info = await find(id)
    if (!info) throw missing()
    return info
  },
)

export const rename = fn(
  () => z.object({ id: Key(64), title: Title }),
  async ({ id, title }) => {
    const renamed = await unlessRefused(
      dynamo().send(
        new UpdateCommand({
          TableName: table(),
          Key: conversationKey(actingOwner(), id),
          UpdateExpression: "SET title = :title, updatedAt = :now",
          ConditionExpression: IS_THERE,
          ExpressionAttributeValues: { ":title": title, ":now": now() },
          ReturnValues: "ALL_NEW",
        }),
      ),
    )
    if (!renamed) throw missing()
    return Info.parse(renamed.Attributes)
  },
)

/** Deletes a conversation with its messages and runs. The row goes last: if the second step dies, asking again finishes it. */
export const remove = fn(
  () => z.object({ id: Key(64) }),
  async ({ id }) => {
    const info = await find(id)
    if (!info) throw missing()
    await removeContent(actingOwner(), info.id)
    return {}
  },
)

/** Messages of one's own conversation, oldest first. */
export const messages = fn(
  () => z.object({ id: Key(64), ...Page }),
  async ({ id, ...options }) => {
    const info = await find(id)
    if (!info) throw missing()
    const { items, next } = await page({ table: table(), ...messagesOf(info.id), ...options })
    return { items: items.map(messageOf), next }
  },
)
