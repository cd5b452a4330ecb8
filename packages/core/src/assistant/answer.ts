import type { ConverseStreamCommandInput, Message as ModelMessage } from "@aws-sdk/client-bedrock-runtime"
import { AppError } from "../error.ts"
import { lazily } from "../lazily.ts"
import type { EventBody, Usage } from "../run/event.ts"
import { withRemaining } from "../warehouse/budget.ts"
import { cut, stoppedFor, tooLong, unavailable } from "./failure.ts"
import { ANSWER_BYTES, INPUT_SHOWN, MAX_TOKENS, TOOL_ROUNDS, TOOLS_A_TURN } from "./limits.ts"
import { callModel, type Converse, orAborted } from "./model.ts"
import { priceMicroUsd } from "./price.ts"
import { systemPrompt } from "./prompt.ts"
import { type Call, execute, inputOf, type Outcome, type Query } from "./tools/execute.ts"
import { specOf, TOOLS } from "./tools/index.ts"
import type { Turn } from "./turn.ts"

export interface Question {
  modelId: string
  messages: ModelMessage[]
  /** Calendar day that relative dates refer to. */
  today: string
  /** Aborted by a stop, a lost lease or the end of the time; its reason is thrown. */
  signal: AbortSignal
  /** Milliseconds left; tools end before it is over. */
  remainingMs(): number
  /** Deltas of the answer's text, in order. */
  onText(text: string): void
  /** Everything else that happens. Awaited, so that the log has a tool's start before its end. */
  onEvent(event: Exclude<EventBody, { kind: "text" | "done" | "error" | "stopped" }>): Promise<void>
  /** A tool that was started; it may outlive an answer that is stopped. */
  onTool?(running: Promise<unknown>): void
  converse: Converse
  query?: Query
}

/** Made of schemas once: a question waits for it. */
const toolConfig = lazily(() => ({ tools: TOOLS.map(specOf) }))

/** An input the size of a book is not repeated in the log. */
const shown = (call: Call): unknown => (call.json.length > INPUT_SHOWN ? undefined : inputOf(call))

async function runTool(call: Call, question: Question): Promise<Outcome> {
  const started = performance.now()
  const event = { kind: "tool", id: call.id, name: call.name, input: shown(call) } as const
  await question.onEvent({ ...event, state: "running" })
  const running = withRemaining(question.remainingMs, () => execute(call, question.query))
  question.onTool?.(running)
  const outcome = await orAborted(running, question.signal)
  if (outcome.receipt) await question.onEvent({ kind: "receipt", id: call.id, receipt: outcome.receipt })
  const ms = Math.round(performance.now() - started)
  await question.onEvent({ ...event, state: outcome.error ? "error" : "done", message: outcome.error?.message, ms })
  return outcome
}

const surplus = (call: Call) => ({
  toolResult: {
    toolUseId: call.id,
    status: "error" as const,
    content: [{ text: `At most ${TOOLS_A_TURN} tools a turn. Ask for this one again in the next.` }],
  },
})

/** What the model wanted to know, as the next user message: exactly one result for each call. */
async function runTools(turn: Turn, question: Question): Promise<ModelMessage> {
  const { calls } = turn
  const outcomes = await Promise.all(calls.slice(0, TOOLS_A_TURN).map((call) => runTool(call, question)))
  return {
    role: "user",
    content: [...outcomes.map(({ result }) => ({ toolResult: result })), ...calls.slice(TOOLS_A_TURN).map(surplus)],
  }
}

/** Why a turn that is no answer ends the run. */
function incomplete(stopReason: string): AppError {
  if (stopReason === "max_tokens" || stopReason === "model_context_window_exceeded")
    return new AppError("limit", "limit.tokens", "The answer reached its length limit and is incomplete. Ask for less at once.")
  if (stopReason === "guardrail_intervened" || stopReason === "content_filtered")
    return new AppError("limit", "limit.content", "The model's content filter withheld the answer. Ask in another way.")
  return stoppedFor(stopReason)
}

/** The beginning of a text that fits into so many bytes. */
function fitting(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  return new TextDecoder().decode(Buffer.from(text).subarray(0, Math.max(0, bytes)), { stream: true })
}

/**
 * Answers one question: calls the model, runs the tools it asks for, and so on until it answers. Resolves when the answer is complete.
 * Throws `limit.tools`, `limit.tokens`, `limit.length`, `limit.content`, `unavailable.model` or the signal's reason; text sent before stays sent.
 */
export async function answer(question: Question): Promise<void> {
  const { messages, modelId, onEvent, signal, converse } = question
  const spent: Usage = { inputTokens: 0, outputTokens: 0, priceMicroUsd: 0 }
  const history = [...messages]
  let said = ""
  let left = ANSWER_BYTES
  const taken = new Set<string>()
  const onText = (text: string) => {
    const fits = fitting(text, left)
    said += fits
    left -= Buffer.byteLength(fits)
    question.onText(fits)
    if (fits !== text) throw tooLong()
  }
  try {
    for (let round = 0; ; round++) {
      // A later turn goes on in a paragraph of its own.
      const separate = said.trim() !== "" && !said.endsWith("\n\n")
      let first = true
      const input: ConverseStreamCommandInput = {
        modelId,
        system: [{ text: systemPrompt(question.today) }],
        messages: history,
        toolConfig: toolConfig(),
        inferenceConfig: { maxTokens: MAX_TOKENS, temperature: 0 },
      }
      const speak = (text: string) => {
        onText(first && separate ? `\n\n${text}` : text)
        first = false
      }
      const turn = await callModel({ converse, input, signal, taken, onText: speak })
      spent.inputTokens += turn.usage.inputTokens ?? 0
      spent.outputTokens += turn.usage.outputTokens ?? 0
      spent.priceMicroUsd += priceMicroUsd(
        turn.invokedModelId ?? modelId,
        turn.usage.inputTokens ?? 0,
        turn.usage.outputTokens ?? 0,
      )
      const reason = turn.stopReason!
      if (reason === "end_turn" || reason === "stop_sequence") {
        if (said.trim() === "") throw unavailable(cut(), { times: 1, ms: 0, spoke: false })
        return
      }
      if (reason === "tool_use" && turn.calls.length === 0) throw unavailable(cut(), { times: 1, ms: 0, spoke: said !== "" })
      if (reason !== "tool_use") throw incomplete(reason)
      if (round === TOOL_ROUNDS)
        throw new AppError(
          "limit",
          "limit.tools",
          `The model wanted more than ${TOOL_ROUNDS} rounds of tools. Ask a narrower question.`,
        )
      history.push({ role: "assistant", content: turn.content }, await runTools(turn, question))
    }
  } finally {
    // Also of an answer that failed: its tokens were paid for. A lost lease can no longer be written to; the reason for it is thrown already.
    if (spent.inputTokens + spent.outputTokens > 0) await onEvent({ kind: "usage", ...spent }).catch(() => undefined)
  }
}
