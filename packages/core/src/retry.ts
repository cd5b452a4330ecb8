import { isDenial } from "./denial.ts"
import { backOff } from "./pause.ts"

/** Why a call may be tried again: the service asked for less, or something broke that time mends. */
export type Fault = "throttled" | "transient"

interface Failure {
  name: string
  message?: string
  code?: string
  /** HTTP status; none where nobody answered. */
  status?: number
}

/** The SDK's lists, retry mode "standard": https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
const THROTTLES = new Set([
  "BandwidthLimitExceeded",
  "EC2ThrottledException",
  "LimitExceededException",
  "PriorRequestNotComplete",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "SlowDown",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
  "TransactionInProgressException",
])
const TRANSIENT = new Set(["TimeoutError", "RequestTimeout", "RequestTimeoutException", "ReplicatedWriteConflictException"])
const NETWORK = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
])
const BROKEN = new Set([500, 502, 503, 504])

/** Refusals by which a service says that a clock is wrong; or that a key is. */
const CLOCK = new Set([
  "AuthFailure",
  "InvalidSignatureException",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
])
export const isAboutTime = (name: string): boolean => CLOCK.has(name)

/** Undefined for what another try would only repeat: a refusal, a failed condition, a cancelled transaction, a mistake of ours. */
export function faultOf({ name, message, code, status }: Failure): Fault | undefined {
  if (isDenial(name)) return undefined
  if (status === 429 || THROTTLES.has(name)) return "throttled"
  if (name === "InvalidSignatureException" && message?.includes("Signature expired")) return "transient"
  if (TRANSIENT.has(name) || NETWORK.has(code ?? "") || BROKEN.has(status ?? 0)) return "transient"
  return undefined
}

const TOKENS = 500
const COST = { throttled: 5, transient: 14 } as const
const FIRST_PAUSE_MS = 1_000
const LONGEST_HINT_MS = 5_000

/**
 * How patient one client is, in the SDK's numbers: full jitter from `firstPauseMs` (throttled: a second), doubled each time; a bucket of tokens that
 * retries empty and successes fill, so that a service that is down is not called four times as often.
 */
export function patience(attempts: number, firstPauseMs: number) {
  let tokens = TOKENS
  return {
    /** Milliseconds to wait before the next attempt, or undefined where there is none. `hintMs` is what the service asked for. */
    pauseAfter(attempt: number, fault: Fault, hintMs?: number): number | undefined {
      if (attempt >= attempts || tokens < COST[fault]) return undefined
      tokens -= COST[fault]
      const first = fault === "throttled" ? FIRST_PAUSE_MS : firstPauseMs
      const pause = Math.floor(backOff(attempt, first))
      return hintMs === undefined ? pause : Math.max(pause, Math.min(hintMs, pause + LONGEST_HINT_MS))
    },
    /** The last attempt succeeded; `fault` is what the one before it met. */
    succeeded(fault?: Fault): void {
      tokens = Math.min(TOKENS, tokens + (fault ? COST[fault] : 1))
    },
  }
}
