import {
  type ApiError,
  type Ending,
  isOver,
  type Message,
  type Receipt,
  type RunState,
  type RunView,
  type ToolCall,
  type Usage,
} from "@backline/client"
import type { Send } from "./outbox.ts"

export interface Answer {
  state: RunState
  text: string
  tools: readonly ToolCall[]
  receipts: readonly { id: string; receipt: Receipt }[]
  usage?: Usage
  error?: Ending
  /** It broke off in its middle: asking to go on continues it. */
  incomplete?: boolean
}

export type ThreadItem =
  | { kind: "question"; key: string; text: string; at: number; send?: Send; error?: ApiError }
  | { kind: "answer"; key: string; runId?: string; answer: Answer; at: number }

const answerOfMessage = (message: Message): Answer => ({
  state: message.state ?? "done",
  text: message.text,
  tools: message.tools ?? [],
  receipts: (message.receipts ?? []).map((receipt, index) => ({ id: receipt.id ?? String(index), receipt })),
  usage: message.usage,
  error: message.error,
  incomplete: message.incomplete,
})

const NOTHING_YET: Answer = { state: "queued", text: "", tools: [], receipts: [] }

/**
 * One thread from three sources: what the server has stored, what this tab has sent, and answers under way. A question appears
 * once wherever it is known from, and its answer stands under it under the same key before and after it is stored.
 */
export function threadItems(
  messages: readonly Message[],
  sends: readonly Send[],
  runs: ReadonlyMap<string, RunView>,
): ThreadItem[] {
  const answered = new Set(messages.flatMap((message) => (message.role === "assistant" && message.runId ? [message.runId] : [])))
  const known = new Set(messages.map((message) => message.id))
  const items: ThreadItem[] = []

  const answerTo = (runId: string, at: number): ThreadItem => ({
    kind: "answer",
    key: `answer-${runId}`,
    runId,
    answer: runs.get(runId) ?? NOTHING_YET,
    at,
  })

  for (const message of messages) {
    if (message.role === "user") {
      items.push({ kind: "question", key: message.id, text: message.text, at: message.createdAt })
      if (message.runId && !answered.has(message.runId)) items.push(answerTo(message.runId, message.createdAt))
    } else {
      const live = message.runId ? runs.get(message.runId) : undefined
      items.push({
        kind: "answer",
        key: message.runId ? `answer-${message.runId}` : message.id,
        runId: message.runId,
        answer: live && (live.offset > 0 || isOver(live.state)) ? live : answerOfMessage(message),
        at: message.createdAt,
      })
    }
  }
  for (const send of sends) {
    if (send.message && known.has(send.message)) continue
    items.push({
      kind: "question",
      key: send.message ?? send.clientId,
      text: send.text,
      at: send.createdAt,
      send,
      error: send.error,
    })
    if (send.run && !answered.has(send.run)) items.push(answerTo(send.run, send.createdAt))
  }
  return items
}

/** Runs of stored messages that are not known to be over: to be followed after a reload. */
export function openRuns(messages: readonly Message[]): string[] {
  const ended = new Set(
    messages.flatMap((message) =>
      message.role === "assistant" && message.runId && isOver(message.state ?? "done") ? [message.runId] : [],
    ),
  )
  return [...new Set(messages.flatMap((message) => (message.runId && !ended.has(message.runId) ? [message.runId] : [])))]
}

/** The run whose answer is under way in a thread, the latest first. */
export const runningOf = (items: readonly ThreadItem[]): string | undefined =>
  items
    .findLast((item) => item.kind === "answer" && item.runId !== undefined && !isOver(item.answer.state))
    ?.key.replace("answer-", "")
