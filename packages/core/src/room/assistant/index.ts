import { GetCommand, IS_THERE } from "../../dynamo/index.ts"
import * as z from "zod"
import { roomOfOwner, useUser, withActor } from "../../actor.ts"
import { dynamo } from "../../aws.ts"
import { config } from "../../config.ts"
import * as Connection from "../../connection/index.ts"
import * as Conversation from "../../conversation/index.ts"
import { messageKey, messageOf } from "../../conversation/table.ts"
import { AppError } from "../../error.ts"
import * as FanOut from "../../fan-out/index.ts"
import { fn } from "../../fn.ts"
import { type ID, IdOf } from "../../id.ts"
import { log } from "../../logger.ts"
import * as Run from "../../run/index.ts"
import { watched } from "../../tap/watch.ts"
import { missing } from "../errors.ts"
import { MAX_BYTES, RoomRef } from "../log.ts"
import { asReader, findHead, type Message } from "../read.ts"
import { store } from "../send.ts"
import { update } from "../store.ts"
import { Head, headKey } from "../table.ts"
import { Key, nameFrom } from "../../text.ts"

/** The assistant among the people of a room. */
const ASSISTANT = { id: "assistant", name: "Assistant", number: 0 }
/** The conversation that a room has with the assistant is the room's, and no person's. */
const asRoom = <R>(room: string, run: () => R): R => withActor({ type: "room", room }, run)

/** Of two who begin the conversation at once the first is kept; the other's stays empty, and nobody has it. */
async function conversationOf(room: string): Promise<ID<"conversation">> {
  const head = await findHead(room)
  if (!head) throw missing()
  if (head.conversationId) return head.conversationId
  const { id } = await asRoom(room, () => Conversation.create({ title: nameFrom(head.name, 120) || "Room" }))
  const changed = await update({
    Key: headKey(room),
    UpdateExpression: "SET conversationId = if_not_exists(conversationId, :id)",
    ConditionExpression: IS_THERE,
    ExpressionAttributeValues: { ":id": id },
    ReturnValues: "ALL_NEW",
  })
  if (!changed) throw missing()
  return Head.parse(changed).conversationId!
}

/** Asks the room's assistant what a message asks of it, once for each message. */
export async function ask({ room, messageId }: Pick<Message, "room" | "messageId">, question: string): Promise<void> {
  const conversationId = await conversationOf(room)
  await asRoom(room, () => Conversation.send({ text: question, conversationId, clientId: messageId }))
}

/** Sends a run's frame to whom it is for: everybody in the room that asked, or every socket of a person. */
export function tellAudience(userId: string, frame: object): Promise<unknown> {
  const room = roomOfOwner(userId)
  return watched<unknown>(() => {
    if (room === undefined) return Connection.postToUser(userId, frame)
    return FanOut.publish({ topic: room, frame: { type: "chat.event", ...frame, room } })
  })
}

/**
 * The log of a run that this room asked for, with its tool calls and receipts, for whoever may read the room. `missing.run` for any other: an answer in a
 * room shows its proof to everybody there, as often as they come back.
 */
export const answer = fn(
  () => RoomRef.extend({ run: Key(64) }).extend(Run.Window.shape),
  async ({ room, run, ...window }) => {
    await asReader(room, useUser().userId)
    const found = IdOf("run").safeParse(run).success ? await Run.find(run) : undefined
    if (!found || roomOfOwner(found.userId) !== room) throw Run.missing()
    return Run.page(found, window)
  },
)

/** At most so many bytes, never half a character. */
function cut(text: string): string {
  if (Buffer.byteLength(text) <= MAX_BYTES) return text
  const bytes = Buffer.from(text).subarray(0, MAX_BYTES - 3)
  return `${bytes.toString("utf8").replace(/\uFFFD+$/, "")}…`
}

async function textOf({ conversationId, messageId }: Run.Info): Promise<string | undefined> {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: config("CONVERSATION_TABLE"), Key: messageKey(conversationId, messageId), ConsistentRead: true }),
  )
  if (!Item) return undefined
  const { text, state, error } = messageOf(Item)
  const ending = state === "stopped" ? "(stopped)" : state === "error" ? `(${error?.message ?? "The answer failed."})` : ""
  return cut([text.trim(), ending].filter((part) => part !== "").join("\n\n") || "(no answer)")
}

/**
 * Puts the answer of a run that is over into the log of the room that asked, once for each run; nothing for all other runs. Frames follow the
 * write, as for every message. Every delivery of a run ends here, so one that died after the run's end is made good by the next.
 */
export const settleAnswer = fn(
  () => z.object({ runId: IdOf("run") }),
  async ({ runId }) => {
    const run = await Run.find(runId)
    const room = run && roomOfOwner(run.userId)
    if (!run || room === undefined || !Run.isOver(run.state)) return
    const text = await textOf(run)
    if (text === undefined) return
    try {
      const { message, isNew, tidy } = await store({ room, from: ASSISTANT, text, clientId: runId })
      try {
        if (isNew) await FanOut.publish({ topic: room, frame: { type: "message", ...message } })
      } finally {
        await tidy?.()
      }
    } catch (error) {
      if (!(error instanceof AppError && error.kind === "missing")) throw error
      log.info("room of an answer is gone", { runId })
    }
  },
)
