import { SendMessageCommand } from "../sqs/index.ts"
import { GetCommand, IS_NEW, IS_THERE, transact } from "../dynamo/index.ts"
import * as z from "zod"
import { actingOwner } from "../actor.ts"
import { dynamo, sqs } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import { type ID, IdOf, newId } from "../id.ts"
import * as Run from "../run/index.ts"
import { clientKey, conversationItem, conversationKey, messageItem, Sent, sentItem } from "./table.ts"
import { ClientId, Key, nameFrom, Text } from "../text.ts"

/** Long enough for a page of notes, short enough that a conversation fits a small model. */
const MAX_TEXT = 4_000
const MAX_TITLE = 60

const missing = () =>
  new AppError("missing", "missing.conversation", "There is no such conversation among yours. Leave it out to start a new one.")

export const Question = z.object({
  text: Text({ max: MAX_TEXT, empty: "ask something", tooLong: `a question has at most ${MAX_TEXT} characters` }),
  conversationId: Key(64).optional(),
  /** Chosen by the client: the same one again is the same question. */
  clientId: ClientId.optional(),
})

const titleOf = (text: string): string => {
  const line = nameFrom(text, MAX_TEXT).replace(/\s+/g, " ") || "New conversation"
  return [...line].length <= MAX_TITLE ? line : `${[...line].slice(0, MAX_TITLE - 1).join("")}…`
}

export type Ids = Omit<Sent, "ttl">

async function findSent(userId: string, clientId: string): Promise<Sent | undefined> {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: config("CONVERSATION_TABLE"), Key: clientKey(userId, clientId), ConsistentRead: true }),
  )
  const sent = Item && Sent.parse(Item)
  return sent && sent.ttl * 1000 > now() ? sent : undefined
}

/** Question, run and conversation in one transaction; false where the client id was used before. Throws `missing.conversation`. */
async function store(userId: string, ids: Ids, clientId: string | undefined): Promise<boolean> {
  const TableName = config("CONVERSATION_TABLE")
  const at = now()
  const { conversationId, runId, questionId, messageId, text } = ids
  const conversation = ids.into
    ? {
        Update: {
          TableName,
          Key: conversationKey(userId, conversationId),
          UpdateExpression: "SET updatedAt = :now",
          ConditionExpression: IS_THERE,
          ExpressionAttributeValues: { ":now": at },
        },
      }
    : {
        Put: {
          TableName,
          Item: conversationItem(userId, { id: conversationId, title: titleOf(text), createdAt: at, updatedAt: at }),
        },
      }
  const head = {
    runId,
    conversationId,
    userId,
    questionId,
    messageId,
    state: "queued" as const,
    offset: 0,
    attempt: 0,
    createdAt: at,
  }
  const question = messageItem(conversationId, { id: questionId, role: "user", text, state: "done", createdAt: at, runId })
  const refused = await transact({
    conversation,
    question: { Put: { TableName, Item: question } },
    run: { Put: { TableName, Item: Run.headItem(head) } },
    client: clientId
      ? {
          Put: {
            TableName,
            Item: sentItem(userId, clientId, ids, at),
            ConditionExpression: `${IS_NEW} OR #ttl <= :seconds`,
            ExpressionAttributeNames: { "#ttl": "ttl" },
            ExpressionAttributeValues: { ":seconds": Math.floor(at / 1000) },
          },
        }
      : undefined,
  })
  if (refused.has("client")) return false
  if (refused.has("conversation")) throw missing()
  return true
}

const enqueue = (runId: ID<"run">) =>
  sqs().send(new SendMessageCommand({ QueueUrl: config("RUN_QUEUE_URL"), MessageBody: JSON.stringify({ runId }) }))

/** The same question again: the same answer, and where the run never reached its queue, it goes there now. */
async function repeated(sent: Sent, text: string, into: string | undefined): Promise<Ids> {
  if (sent.text !== text || (into !== undefined && into !== sent.conversationId))
    throw new AppError(
      "conflict",
      "conflict.idempotency",
      "This clientId was used for another question. Choose a new one for each question.",
    )
  if ((await Run.find(sent.runId))?.state === "queued") await enqueue(sent.runId)
  return sent
}

/**
 * Stores a question with the run that will answer it, then queues the run. A new question is the rule, so nobody looks for its client id before: the
 * transaction's own condition tells of a repeat. The message follows the transaction: if that step dies, the
 * run stays queued and the client, which got no answer, sends the same clientId again. Throws `missing.conversation`, `conflict.idempotency`.
 */
export const send = fn(
  () => Question,
  async ({ text, conversationId, clientId }): Promise<Ids> => {
    const userId = actingOwner()
    if (conversationId !== undefined && !IdOf("conversation").safeParse(conversationId).success) throw missing()

    const into = conversationId as ID<"conversation"> | undefined
    const ids: Ids = {
      conversationId: into ?? newId("conversation"),
      runId: newId("run"),
      questionId: newId("message"),
      messageId: newId("message"),
      text,
      into,
    }
    if (!(await store(userId, ids, clientId))) {
      const sent = await findSent(userId, clientId!)
      if (!sent)
        throw new AppError("unavailable", "unavailable.table", "The question could not be stored just now. Send it again.")
      return repeated(sent, text, conversationId)
    }
    await enqueue(ids.runId)
    return ids
  },
)
