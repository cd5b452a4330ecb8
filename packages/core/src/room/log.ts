import { IS_THERE } from "../dynamo/index.ts"
import * as z from "zod"
import { useUser } from "../actor.ts"
import { fn } from "../fn.ts"
import { changeText } from "./change.ts"
import { missingMessage } from "./errors.ts"
import { firstThatFit, lastThatFit } from "./fit.ts"
import * as reactions from "./reactions.ts"
import { asMember, asReader, type Message, range } from "./read.ts"
import { store } from "./send.ts"
import { update } from "./store.ts"
import { type Head, memberKey, personOf } from "./table.ts"
import { ClientId, isStorable, Key, STORABLE } from "../text.ts"

const MOST_HISTORY = 100
export const MAX_BYTES = 8 * 1024
const MAX_EMOJI_BYTES = 64

export const RoomRef = z.object({ room: Key(64) })
const MessageRef = RoomRef.extend({ seq: z.number().int().min(1) })

const Words = z
  .string()
  .refine((text) => text.trim() !== "", "say something")
  .refine((text) => Buffer.byteLength(text) <= MAX_BYTES, "a message has at most 8 KB")
  .refine(isStorable, STORABLE)

/** Where a reader is: everything of this epoch up to this seq was seen. */
export const Position = z.object({ epoch: Key(64), seq: z.number().int().min(0) })

/**
 * Stores a message in a room of the signed-in person. `connectionId` with `n` keeps one connection's messages in order. The frame to everybody
 * follows the write: if that step dies, readers find the message by its seq.
 */
export const send = fn(
  () =>
    RoomRef.extend({
      text: Words,
      clientId: ClientId,
      n: z.number().int().min(1).max(1_000_000_000).optional(),
      connectionId: Key().optional(),
    }),
  ({ room, text, clientId, n, connectionId }) =>
    store({
      room,
      from: useUser().userId,
      text,
      clientId,
      ...(n !== undefined && connectionId !== undefined && { lane: { connectionId, n } }),
    }),
)

/** The newest page, or the one before a seq, in order; `next` is the `before` of the page before it. */
async function pageBefore(head: Head, before: number, limit: number): Promise<{ messages: Message[]; next?: number }> {
  const last = Math.min(before - 1, head.seq)
  const first = Math.max(1, last - limit + 1)
  return { messages: await range(head, first, last), ...(first > 1 && last >= first && { next: first }) }
}

const Page = {
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(MOST_HISTORY).default(MOST_HISTORY),
}

/** History backwards: the newest page first, each page in order. */
export const history = fn(
  () => RoomRef.extend(Page),
  async ({ room, before, limit }) => {
    const { head } = await asReader(room, useUser().userId)
    return pageBefore(head, before ?? head.seq + 1, limit)
  },
)

/**
 * What a reader at `after` missed, oldest first, as much as one frame holds; `next` is the position to ask from for the rest. `recovered: false`
 * with the newest messages where that position is of another epoch or beyond the log.
 */
export async function since(head: Head, after: z.output<typeof Position> | undefined) {
  if (after?.epoch === head.epoch && after.seq <= head.seq) {
    const messages = firstThatFit(await range(head, after.seq + 1, Math.min(head.seq, after.seq + MOST_HISTORY)))
    const last = after.seq + messages.length
    return { recovered: true, messages, ...(last < head.seq && { next: { epoch: head.epoch, seq: last } }) }
  }
  const { messages } = await pageBefore(head, head.seq + 1, MOST_HISTORY)
  return { recovered: false, messages: lastThatFit(messages) }
}

/** Gives one's own message another text. Its place stays. Throws `missing.message`. */
export const edit = fn(
  () => MessageRef.extend({ text: Words }),
  async ({ room, seq, text }) => {
    const { userId } = useUser()
    const { head } = await asMember(room, userId)
    if (seq > head.seq) throw missingMessage()
    const { messageId, editedAt } = await changeText(room, seq, userId, text)
    return { room, epoch: head.epoch, seq, messageId, text, editedAt }
  },
)

const Emoji = z
  .string()
  .min(1)
  .refine((text) => Buffer.byteLength(text) <= MAX_EMOJI_BYTES, "an emoji has at most 64 bytes")
  .refine((text) => isStorable(text) && !/[\s\p{Cc}]/u.test(text), "an emoji has no spaces")

/** Adds or, with `on: false`, takes back a reaction. Safe to repeat. Throws `limit.reactions`. */
export const react = fn(
  () => MessageRef.extend({ emoji: Emoji, on: z.boolean().default(true) }),
  async ({ room, seq, emoji, on }) => {
    const { userId } = useUser()
    const { head, member } = await asMember(room, userId)
    if (seq > head.seq) throw missingMessage()
    await (on ? reactions.add : reactions.remove)(head, seq, emoji, userId)
    return { room, epoch: head.epoch, seq, user: personOf(member), emoji, on }
  },
)

/** Everything up to a seq was read. A mark never moves back, and never beyond the log. */
export const read = fn(
  () => RoomRef.extend({ seq: z.number().int().min(0) }),
  async ({ room, seq }) => {
    const { userId } = useUser()
    const { head, member } = await asMember(room, userId)
    const mark = Math.min(seq, head.seq)
    if (mark <= member.read) return { room, user: personOf(member), seq: member.read, moved: false }
    const moved = await update({
      Key: memberKey(room, userId),
      UpdateExpression: "SET #read = :seq",
      ConditionExpression: `${IS_THERE} AND #role <> :banned AND #read < :seq`,
      ExpressionAttributeNames: { "#read": "read", "#role": "role" },
      ExpressionAttributeValues: { ":seq": mark, ":banned": "banned" },
    })
    if (moved) return { room, user: personOf(member), seq: mark, moved: true }
    // Read further on another device, or removed from the room.
    const { member: now } = await asMember(room, userId)
    return { room, user: personOf(now), seq: now.read, moved: false }
  },
)

/** Says who is typing; nothing is stored. Throws `missing.room`. */
export const typing = fn(
  () => RoomRef.extend({ on: z.boolean() }),
  async ({ room, on }) => {
    const { member } = await asMember(room, useUser().userId)
    return { room, user: personOf(member), on }
  },
)
