import type { ConverseStreamCommandInput, ConverseStreamOutput } from "@aws-sdk/client-bedrock-runtime"
import type { Receipt } from "../run/event.ts"
import { answer, type Question } from "./answer.ts"

/** One event of a stream, in the words of a test. An Error is thrown at its place; `end` ends the stream there; `wait` never goes on. */
export type Step =
  | string
  | { tool: string; id?: string; input?: unknown; json?: string }
  | { stop: string }
  | { usage: [number, number] }
  | Error
export const END: Step = "\u0000end"
export const WAIT: Step = "\u0000wait"

async function* play(steps: readonly Step[], signal: AbortSignal): AsyncGenerator<ConverseStreamOutput> {
  yield { messageStart: { role: "assistant" } } as ConverseStreamOutput
  let index = -1
  let inText = false
  for (const step of steps) {
    if (step instanceof Error) throw step
    if (step === END) return
    if (step === WAIT) await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))))
    if (typeof step === "string") {
      if (!inText) index += 1
      inText = true
      yield { contentBlockDelta: { contentBlockIndex: index, delta: { text: step } } } as ConverseStreamOutput
    } else if ("tool" in step) {
      index += 1
      inText = false
      yield {
        contentBlockStart: {
          contentBlockIndex: index,
          start: { toolUse: { toolUseId: step.id ?? `use${index}`, name: step.tool } },
        },
      } as ConverseStreamOutput
      yield {
        contentBlockDelta: {
          contentBlockIndex: index,
          delta: { toolUse: { input: step.json ?? JSON.stringify(step.input ?? {}) } },
        },
      } as ConverseStreamOutput
      yield { contentBlockStop: { contentBlockIndex: index } } as ConverseStreamOutput
    } else if ("stop" in step) yield { messageStop: { stopReason: step.stop } } as ConverseStreamOutput
    else
      yield {
        metadata: { usage: { inputTokens: step.usage[0], outputTokens: step.usage[1], totalTokens: 0 } },
      } as ConverseStreamOutput
  }
}

/** Runs the loop against scripted turns; the last script is played again for further calls. Opening a stream throws where a script is one Error. */
export async function converseWith(scripts: readonly (readonly Step[] | Error)[], more: Partial<Question> = {}) {
  const requests: ConverseStreamCommandInput[] = []
  const events: Record<string, unknown>[] = []
  const receipts: Receipt[] = []
  const asked: { statement: string; params: unknown }[] = []
  let text = ""
  let error: unknown
  const query: Question["query"] = async (statement, params) => {
    asked.push({ statement: statement.name, params })
    return { statementId: "s", sql: "SELECT 1", params: {}, rows: [{ period: "total", value: 7 }], loadedAt: 1, truncated: false }
  }
  await answer({
    modelId: "amazon.nova-micro-v1:0",
    messages: [{ role: "user", content: [{ text: "How many?" }] }],
    today: "2026-11-21",
    signal: new AbortController().signal,
    remainingMs: () => 60_000,
    query,
    onText: (delta) => void (text += delta),
    onEvent: async (event) => {
      if (event.kind === "receipt") receipts.push(event.receipt)
      else events.push({ ...event })
    },
    converse: async (input, signal) => {
      const script = scripts[Math.min(requests.length, scripts.length - 1)]!
      requests.push(structuredClone(input))
      if (script instanceof Error) throw script
      return play(script, signal)
    },
    ...more,
  }).catch((thrown: unknown) => void (error = thrown))
  return { text, events, receipts, requests, asked, error }
}

export const named = (name: string, status?: number): Error =>
  Object.assign(new Error(name), { name, ...(status && { $metadata: { httpStatusCode: status } }) })
