import * as z from "zod"
import { type ID, IdOf } from "../id.ts"
import type { Ending, Receipt, ToolCall, Usage } from "../run/event.ts"
import { Name } from "../text.ts"

export const Title = Name(120)

/**
 * CONVERSATION_TABLE, the only file that knows these keys (runs have theirs in run/table.ts):
 * - `user#<sub>` / `cnv#<id>`: one's conversations, newest first by id: query backwards. Ownership is the key: a foreign one is not found.
 * - `user#<sub>` / `client#<clientId>`: what a client id was sent for, so that a repeat is the same message. Kept a day (`ttl`, seconds).
 * - `cnv#<id>` / `msg#<id>`: messages, oldest first.
 */
export const Info = z.object({
  id: IdOf("conversation"),
  title: z.string(),
  /** Epoch milliseconds. */
  createdAt: z.number(),
  updatedAt: z.number(),
})
export type Info = z.output<typeof Info>

export interface Message {
  id: ID<"message">
  role: "user" | "assistant"
  text: string
  /** `done`, or how an answer ended otherwise: its text is incomplete then. */
  state: "done" | "error" | "stopped"
  createdAt: number
  /** Of an answer, and of the question it belongs to. */
  runId?: ID<"run">
  receipts?: (Receipt & { id: string })[]
  tools?: ToolCall[]
  usage?: Usage
  error?: Ending
  /** An answer that failed in its middle: ask to go on, and the next one has this one before it. */
  incomplete?: true
}

/** What a run stores as its answer. */
export type Answer = Pick<Message, "text" | "state" | "receipts" | "tools" | "usage" | "error" | "incomplete">

const userPartition = (userId: string): string => `user#${userId}`
export const conversationKey = (userId: string, id: string) => ({ pk: userPartition(userId), sk: `cnv#${id}` })
/** One's conversations, and the messages of one, as pages take them. */
export const listOf = (userId: string) => ({ pk: userPartition(userId), prefix: "cnv#" })
export const messagesOf = (conversationId: string) => ({ pk: messagePartition(conversationId), prefix: "msg#" })
export const conversationItem = (userId: string, info: Info) => ({ ...conversationKey(userId, info.id), ...info })

export const messagePartition = (conversationId: string): string => `cnv#${conversationId}`
const messageSk = (id: string): string => `msg#${id}`
export const messageKey = (conversationId: string, id: ID<"message">) => ({
  pk: messagePartition(conversationId),
  sk: messageSk(id),
})
export const messageItem = (conversationId: string, message: Message) => ({
  ...messageKey(conversationId, message.id),
  ...message,
})

/** Partition and sort keys between which a message and those before it are. */
export const messagesUpTo = (conversationId: string, id: string) =>
  [messagePartition(conversationId), messageSk(""), messageSk(id)] as const

const CLIENT_ID_MS = 24 * 3_600_000
export const clientKey = (userId: string, clientId: string) => ({ pk: userPartition(userId), sk: `client#${clientId}` })

/** What a client id stands for. */
export const Sent = z.object({
  conversationId: IdOf("conversation"),
  runId: IdOf("run"),
  questionId: IdOf("message"),
  messageId: IdOf("message"),
  text: z.string(),
  /** The conversation the client named; absent where it asked for a new one. */
  into: z.string().optional(),
  ttl: z.number(),
})
export type Sent = z.output<typeof Sent>
export const sentItem = (userId: string, clientId: string, sent: Omit<Sent, "ttl">, at: number) => ({
  ...clientKey(userId, clientId),
  ...sent,
  ttl: Math.ceil((at + CLIENT_ID_MS) / 1000),
})

/** An item holds 400 KB: the answer's text takes a fourth of it, and what does not fit into these stays in the run's log only. */
const RECEIPTS_BYTES = 200 * 1024
const TOOLS_BYTES = 48 * 1024

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

function bounded(receipts: Answer["receipts"]): Answer["receipts"] {
  let left = RECEIPTS_BYTES
  return receipts?.map((receipt) => {
    left -= bytesOf(receipt)
    return left >= 0 ? receipt : { ...receipt, rows: [], rowsOmitted: true }
  })
}

function boundedTools(tools: Answer["tools"]): Answer["tools"] {
  let left = TOOLS_BYTES
  return tools?.map(({ input, ...tool }) => {
    left -= bytesOf({ input, ...tool })
    return left >= 0 ? { ...tool, input } : tool
  })
}

export const answerItem = (
  run: { conversationId: string; messageId: ID<"message">; runId: ID<"run"> },
  answer: Answer,
  at: number,
) =>
  messageItem(run.conversationId, {
    id: run.messageId,
    role: "assistant",
    runId: run.runId,
    createdAt: at,
    ...answer,
    receipts: bounded(answer.receipts),
    tools: boundedTools(answer.tools),
  })

/** Keys and marks of DynamoDB are no part of a message. */
export function messageOf({ pk: _pk, sk: _sk, ttl: _ttl, ...message }: Record<string, unknown>): Message {
  return message as unknown as Message
}
