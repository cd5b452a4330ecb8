import {
  ConverseStreamCommand,
  type ConverseStreamCommandInput,
  type ConverseStreamOutput,
} from "@aws-sdk/client-bedrock-runtime"
import { bedrock } from "../sdk.ts"
import { AppError } from "../error.ts"
import { log } from "../logger.ts"
import { BACKOFF_MS, GAP_MS, RETRIES } from "./limits.ts"
import { Turn } from "./turn.ts"

/** Opens a stream of a model's answer. */
export type Converse = (input: ConverseStreamCommandInput, signal: AbortSignal) => Promise<AsyncIterable<ConverseStreamOutput>>

export const converse: Converse = async (input, signal) => {
  const { stream } = await bedrock().send(new ConverseStreamCommand(input), { abortSignal: signal })
  if (!stream) throw new Error("ConverseStream answered without a stream.")
  return stream
}

export const unavailable = (cause?: unknown) =>
  new AppError("unavailable", "unavailable.model", "The model did not answer completely. Ask again in a moment.", { cause })

/** Errors inside a stream have these names too, and the SDK repeats none of them there. */
const REPEATABLE = new Set([
  "ThrottlingException",
  "ServiceUnavailableException",
  "InternalServerException",
  "ModelNotReadyException",
  "ModelTimeoutException",
  "ModelStreamErrorException",
  "TimeoutError",
])

/** What may pass when repeated: throttling, the service's own failures, a broken connection, a stream that was cut. Never a refused request. */
function isRepeatable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
  const isRefusal = status !== undefined && status >= 400 && status < 500
  return REPEATABLE.has(error.name) || !isRefusal
}

/** Waits, but not longer than the signal allows. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => done(resolve), ms)
    const onAbort = () => done(() => reject(signal.reason))
    const done = (settle: () => void) => {
      clearTimeout(timer)
      signal.removeEventListener("abort", onAbort)
      settle()
    }
    if (signal.aborted) onAbort()
    else signal.addEventListener("abort", onAbort)
  })
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
  gapMs?: number
}

/** One call: reads the stream to its end. Resolves only for a stream that ended with messageStop; whatever it is, the connection is closed. */
async function callOnce({ converse, input, onText, signal, gapMs = GAP_MS }: Options): Promise<Turn> {
  const call = new AbortController()
  const either = AbortSignal.any([signal, call.signal])
  const turn = new Turn(onText)
  let gap: ReturnType<typeof setTimeout> | undefined
  const breathe = () => {
    clearTimeout(gap)
    gap = setTimeout(
      () => call.abort(Object.assign(new Error(`The model was silent for ${gapMs} ms.`), { name: "TimeoutError" })),
      gapMs,
    )
  }
  try {
    breathe()
    const iterator = (await orAborted(converse(input, either), either))[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await orAborted(iterator.next(), either)
      if (done) break
      breathe()
      turn.take(value)
    }
  } catch (error) {
    // What comes after messageStop is only figures.
    if (!turn.stopReason || signal.aborted) throw error
  } finally {
    clearTimeout(gap)
    call.abort()
  }
  if (!turn.stopReason)
    throw Object.assign(new Error("The stream ended without messageStop."), { name: "ModelStreamErrorException" })
  return turn
}

/**
 * One turn of the model. A call that failed before it said anything is repeated up to three times with growing pauses; after the first
 * word a repeat would say things twice, so the failure is told instead. Throws `unavailable.model`, or the signal's reason.
 */
export async function callModel(options: Options): Promise<Turn> {
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
      log.warn("model call failed", { attempt, error })
      if (spoke || attempt === RETRIES || !isRepeatable(error)) throw unavailable(error)
      await pause(BACKOFF_MS * 2 ** attempt * (0.75 + Math.random() / 2), options.signal)
    }
  }
}
