import { GetCommand } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { AppError, type Kind } from "../error.ts"
import { type Ending, isOver, Said, wait } from "../run/index.ts"
import { type Message, messageKey, messageOf } from "./table.ts"
import { type Ids, type Question, send } from "./send.ts"
import type * as z from "zod"

const KINDS: readonly string[] = ["limit", "unavailable"] satisfies Kind[]

/** How a run ended, as the error of the request that waited for it. The run's id is in the details: its log has what was said. */
function failure(
  runId: string,
  { code, message, retryAfterMs }: Ending = { code: "unavailable.model", message: "The answer failed. Ask again." },
): AppError {
  const kind = KINDS.find((name) => code.startsWith(`${name}.`)) ?? "internal"
  return new AppError(kind as Kind, code, message, { retryAfterMs, details: [{ path: "runId", message: runId }] })
}

async function answerOf({ conversationId, messageId }: Ids): Promise<Message | undefined> {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: config("CONVERSATION_TABLE"), Key: messageKey(conversationId, messageId), ConsistentRead: true }),
  )
  return Item && messageOf(Item)
}

/**
 * Sends a question and waits for its answer, at most so many milliseconds; then says which run to ask, and what it has said so far. An answer that broke off
 * is given with `incomplete`, the reason; one that never began is thrown.
 */
export async function ask(question: z.input<typeof Question>, atMostMs: number) {
  const ids = await send(question)
  const { conversationId, runId, messageId } = ids
  const { state, offset } = await wait(runId, atMostMs)
  if (!isOver(state)) {
    const { text } = await Said.before(runId, offset)
    return { conversationId, runId, messageId, state, text }
  }
  const answer = await answerOf(ids)
  if (!answer || (state === "error" && !answer.incomplete)) throw failure(runId, answer?.error)
  const { text, receipts = [], usage = { inputTokens: 0, outputTokens: 0, priceMicroUsd: 0 } } = answer
  return {
    conversationId,
    runId,
    messageId,
    state,
    text,
    receipts,
    usage,
    ...(answer.incomplete && { incomplete: answer.error }),
  }
}
