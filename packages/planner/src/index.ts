import { createHash } from "node:crypto"
import type { ConverseRequest, Model, Piece } from "@backline/cloud/services/bedrock/request"
import { written } from "./answer.ts"
import { asker, Pending } from "./ask.ts"
import { conversationOf, SIGNATURE } from "./conversation.ts"
import { continued, rest } from "./go-on.ts"
import { plan } from "./plan.ts"

interface Options {
  /** Milliseconds between two pieces of text: people see it grow, nobody waits for it. */
  pauseMs?: number
}

const INTRODUCTION = `_Answered by Backline's ${SIGNATURE}, not a language model._`

/** Words with the blanks behind them, two at a time, as models' tokens come. */
const piecesOf = (text: string): string[] => text.match(/(?:\S+\s*){1,2}/g) ?? []

/** About four characters are a token; the planner has none, so its counts are only for the eye. */
const tokens = (text: string): number => Math.ceil(text.length / 4)

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (ms <= 0 || signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener("abort", done)
  })

/** The same question in the same conversation has the same ids, so a run can be compared with another. */
const idOf = (question: string, turn: number, index: number): string =>
  `tooluse_${createHash("sha256").update(`${question}\0${turn}\0${index}`).digest("base64url").slice(0, 22)}`

/** The offline planner: deterministic, knows only the request, and says what it is. */
export function planner({ pauseMs = 18 }: Options = {}): Model {
  async function* answer(asked: ConverseRequest, signal: AbortSignal): AsyncGenerator<Piece> {
    const { request, said } = continued(asked)
    const conversation = conversationOf(request)
    const inputTokens = tokens(JSON.stringify(request))
    let outputTokens = 0
    try {
      const text = written(plan(conversation, asker(conversation.made, conversation.tools)))
      const whole = conversation.introduced || text.includes(SIGNATURE) ? text : `${text}\n\n${INTRODUCTION}`
      for (const piece of piecesOf(rest(whole, said))) {
        if (signal.aborted) return
        yield { type: "text", text: piece }
        await pause(pauseMs, signal)
      }
      outputTokens = tokens(whole)
      yield { type: "stop", reason: "end_turn" }
    } catch (thrown) {
      if (!(thrown instanceof Pending)) throw thrown
      for (const [index, { tool, input }] of thrown.calls.entries()) {
        const json = JSON.stringify(input)
        outputTokens += tokens(tool + json)
        yield { type: "tool", id: idOf(conversation.questions.join("\0"), conversation.made.length, index), name: tool }
        yield { type: "input", json }
      }
      yield { type: "stop", reason: "tool_use" }
    }
    yield { type: "usage", inputTokens, outputTokens }
  }
  return { name: "backline.offline-planner", answer }
}
