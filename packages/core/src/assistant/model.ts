import {
  ConverseStreamCommand,
  type ConverseStreamCommandInput,
  type ConverseStreamOutput,
} from "@aws-sdk/client-bedrock-runtime"
import { setTimeout as wait } from "node:timers/promises"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { log } from "../logger.ts"
import { backOff } from "../pause.ts"
import { bedrock } from "../sdk.ts"
import { cut, hintOf, isPassing, Silence, unavailable } from "./failure.ts"
import { BACKOFF_MS, FIGURES_MS, LONGEST_HINT_MS, RETRIES } from "./limits.ts"
import { Turn } from "./turn.ts"

/** Opens a stream of a model's answer. */
export type Converse = (input: ConverseStreamCommandInput, signal: AbortSignal) => Promise<AsyncIterable<ConverseStreamOutput>>

export const converse: Converse = async (input, signal) => {
  const { stream } = await bedrock().send(new ConverseStreamCommand(input), { abortSignal: signal })
  if (!stream) throw new Error("ConverseStream answered without a stream.")
  return stream
}

/** The promise, or the signal's reason, whichever is first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener("abort", onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort))
  })
}

interface Options {
  converse: Converse
  input: ConverseStreamCommandInput
  onText(text: string): void
  signal: AbortSignal
  /** Ids of tool calls that the answer has already. */
  taken?: Set<string>
  /** Longest silence: before the first word and between two, the same. */
  gapMs?: number
}

/** One call: reads the stream to its end. Resolves only for a stream that ended with messageStop; whatever it is, the connection is closed. */
async function callOnce({ converse, input, onText, signal, taken, gapMs = config("MODEL_PATIENCE_MS") }: Options): Promise<Turn> {
  const call = new AbortController()
  const either = AbortSignal.any([signal, call.signal])
  const turn = new Turn(onText, taken)
  let gap: ReturnType<typeof setTimeout> | undefined
  const breathe = (ms: number) => {
    clearTimeout(gap)
    gap = setTimeout(() => call.abort(new Silence(ms)), ms)
  }
  try {
    breathe(gapMs)
    const iterator = (await orAborted(converse(input, either), either))[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await orAborted(iterator.next(), either)
      if (done) break
      if (turn.take(value)) breathe(turn.stopReason === undefined ? gapMs : Math.min(gapMs, FIGURES_MS))
    }
  } catch (error) {
    // What comes after messageStop is only figures.
    if (turn.stopReason === undefined || signal.aborted) throw error
  } finally {
    clearTimeout(gap)
    call.abort()
  }
  if (turn.stopReason === undefined) throw cut()
  return turn
}

/**
 * One turn of the model. A call that failed before it said anything is repeated up to three times with growing pauses, unless the service asks for a longer
 * one; after the first word a repeat would say things twice, so the failure is told instead. Throws `unavailable.model`, `limit.length` or the signal's reason.
 */
export async function callModel(options: Options): Promise<Turn> {
  const started = performance.now()
  let spoke = false
  const onText = (text: string) => {
    spoke = true
    options.onText(text)
  }
  for (let attempt = 0; ; attempt++) {
    try {
      return await callOnce({ ...options, onText })
    } catch (error) {
      if (options.signal.aborted) throw options.signal.reason
      if (error instanceof AppError) throw error
      log.warn("model call failed", { attempt, error })
      const hint = hintOf(error) ?? 0
      if (spoke || attempt === RETRIES || hint > LONGEST_HINT_MS || !isPassing(error))
        throw unavailable(error, { times: attempt + 1, ms: performance.now() - started, spoke })
      const pause = Math.max(hint, backOff(attempt + 1, BACKOFF_MS))
      await wait(pause, undefined, { signal: options.signal }).catch(() => {
        throw options.signal.reason
      })
    }
  }
}
