import { now } from "../clock.ts"
import { AppError } from "../error.ts"
import { beginning, storableText } from "../run/storable.ts"
import { ANSWER_BYTES } from "./limits.ts"

/** Errors inside a stream have these names too, and the SDK repeats none of them there. */
const BUSY = new Set([
  "ThrottlingException",
  "TooManyRequestsException",
  "ServiceQuotaExceededException",
  "ModelNotReadyException",
])
const PASSING = new Set([
  ...BUSY,
  "ServiceUnavailableException",
  "InternalServerException",
  "ModelErrorException",
  "ModelTimeoutException",
  "ModelStreamErrorException",
])

/** As an event of a stream these come without a status. */
const REFUSALS = new Set(["ValidationException", "AccessDeniedException", "ResourceNotFoundException"])

interface Answered {
  $metadata?: { httpStatusCode?: number }
  $response?: { headers?: Record<string, string> }
}

const statusOf = (error: Error): number => (error as Answered).$metadata?.httpStatusCode ?? 0

/** Nobody spoke for this long. */
export class Silence extends Error {
  override readonly name = "Silence"
  constructor(readonly ms: number) {
    super(`The model said nothing for ${ms} ms.`)
  }
}

/** The stream ended without saying that it does. */
export const cut = () => Object.assign(new Error("The stream ended without messageStop."), { name: "ModelStreamErrorException" })

/** What may pass when repeated: throttling, the service's own failures, a broken connection, a stream that was cut. Never a refused request, nor a silence that was waited for already. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof AppError || error instanceof Silence) return false
  const isRefusal = REFUSALS.has(error.name) || (statusOf(error) >= 400 && statusOf(error) < 500)
  return PASSING.has(error.name) || !isRefusal
}

/** Nobody plans further ahead than a day. */
const LONGEST_MS = 86_400_000

/** When the service wants to be asked again: seconds or a date, https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function hintOf(error: unknown): number | undefined {
  const text = (error as Answered).$response?.headers?.["retry-after"]
  if (!text) return undefined
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now()
  return Number.isFinite(ms) ? Math.min(LONGEST_MS, Math.max(0, ms)) : undefined
}

type Reason = "busy" | "unreachable" | "refused" | "silent" | "cut"

function reasonOf(error: unknown): Reason {
  if (error instanceof Silence) return "silent"
  if (!(error instanceof Error)) return "unreachable"
  if (error.name === "ModelStreamErrorException") return "cut"
  if (BUSY.has(error.name) || statusOf(error) === 429) return "busy"
  return isPassing(error) ? "unreachable" : "refused"
}

/** Asked again sooner, a model that is busy or down is most likely still so. */
const AGAIN_MS = { busy: 20_000, unreachable: 60_000 } as const

const seconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`

/** What was tried before this was told. */
export interface Tried {
  times: number
  ms: number
  /** Whether the reader has some of this turn. */
  spoke: boolean
}

function messageOf(reason: Reason, error: unknown, { times, ms, spoke }: Tried, againMs: number): string {
  const tried = times === 1 ? "It was asked once." : `It was asked ${times} times in ${seconds(ms)}.`
  if (reason === "silent")
    return `The model said nothing for ${seconds((error as Silence).ms)}, so the answer ends here. Ask again.`
  if (reason === "refused")
    return `The model refused the request (${error instanceof Error ? beginning(error.name, 64) : "unknown"}); asking again does not help. An administrator finds the reason in the log.`
  if (reason === "cut") return `The model did not answer completely: its answer broke off. ${tried} Ask again in a moment.`
  const state = reason === "busy" ? "is busy" : "cannot be reached"
  return `The model ${state}${spoke ? ", and its answer broke off" : ""}. ${tried} Ask again in ${seconds(againMs)}.`
}

/** Why the model gave no whole answer, as the reader is told it: `unavailable.model` with a reason, and when to ask again. */
export function unavailable(error: unknown, tried: Tried): AppError {
  const reason = reasonOf(error)
  const againMs = hintOf(error) ?? (reason === "busy" || reason === "unreachable" ? AGAIN_MS[reason] : undefined)
  return new AppError("unavailable", "unavailable.model", messageOf(reason, error, tried, againMs ?? 0), {
    retryAfterMs: againMs,
    fields: { reason },
    cause: error,
  })
}

/** A reason to stop that is none of those we know: nobody can say that this is the whole answer. */
export function stoppedFor(given: string): AppError {
  const stopReason = storableText(beginning(given, 64))
  return new AppError(
    "unavailable",
    "unavailable.model",
    `The model stopped for a reason that is not known (${stopReason}); its answer may be incomplete. Ask again in a moment.`,
    { fields: { reason: "stop", stopReason } },
  )
}

export const tooLong = () =>
  new AppError(
    "limit",
    "limit.length",
    `The answer became longer than ${ANSWER_BYTES / 1024} KB and was cut there. Ask for less at once.`,
  )
