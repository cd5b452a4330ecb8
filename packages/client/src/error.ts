/** One problem of one input, as handlers report it. */
export interface ErrorDetail {
  path: string
  message: string
}

/** The closed list of what can go wrong; every code begins with one of them. */
export type ErrorKind =
  | "input"
  | "auth"
  | "forbidden"
  | "missing"
  | "conflict"
  | "limit"
  | "unavailable"
  | "internal"
  | "cancelled"

/** Codes that a program may want to act on; the service's `docs/errors.md` lists all. */
type KnownCode =
  | "auth.required"
  | "auth.refused"
  | "conflict.idempotency"
  | "conflict.order"
  | "conflict.version"
  | "limit.rate"
  | "limit.size"
  | "limit.taps"
  | "missing.document"
  | "missing.room"
  | "unavailable.connection"
  | "unavailable.network"
  | "unavailable.no_answer"

export type ErrorCode = KnownCode | ErrorKind | `${ErrorKind}.${string}`

interface Options {
  status?: number
  requestId?: string
  retryAfterMs?: number
  expected?: number
  details?: ErrorDetail[]
  cause?: unknown
}

/** The only error this package throws. `code` is stable and dotted (`missing.conversation`); `message` says what to do. */
export class ApiError extends Error {
  override readonly name = "ApiError"
  readonly code: ErrorCode
  /** HTTP status, 0 when there was no HTTP answer. */
  readonly status: number
  readonly requestId?: string
  readonly retryAfterMs?: number
  /** With `conflict.order`: the number the service waits for. */
  readonly expected?: number
  readonly details?: ErrorDetail[]

  constructor(
    /** Programs around this client may add kinds of their own. */
    code: ErrorCode | (string & {}),
    message: string,
    options: Options = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code as ErrorCode
    this.status = options.status ?? 0
    this.requestId = options.requestId
    this.retryAfterMs = options.retryAfterMs
    this.expected = options.expected
    this.details = options.details
  }

  get kind(): ErrorKind {
    return this.code.split(".")[0] as ErrorKind
  }
}

/** What the gateway itself says without a code (401, 413, 429, 503 carry AWS's `{"message"}`). */
const GATEWAY: Record<number, [code: ErrorCode, message: string]> = {
  401: ["auth.required", "Your session has ended. Sign in again."],
  403: ["forbidden", "You may not do this. Ask an administrator for the role it needs."],
  404: ["missing", "This does not exist, or it is not yours."],
  413: ["limit.size", "This is too large to send. Make it shorter."],
  429: ["limit.rate", "Too many requests at once. Wait a moment and try again."],
  503: ["unavailable", "The service is not available right now. Try again in a moment."],
}

/** The error of an answer that is not 2xx; `body` is the parsed JSON, if it was any. */
export function errorOfResponse(response: Response, body: unknown): ApiError {
  const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>
  const [code, message] = GATEWAY[response.status] ?? [
    "internal",
    "The service answered with an error. Try again; if it stays, report it.",
  ]
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN)
  return new ApiError(
    typeof fields.code === "string" ? fields.code : code,
    typeof fields.code === "string" && typeof fields.message === "string" ? fields.message : message,
    {
      status: response.status,
      requestId: typeof fields.requestId === "string" ? fields.requestId : undefined,
      retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : undefined,
      details: Array.isArray(fields.details) ? (fields.details as ErrorDetail[]) : undefined,
    },
  )
}

/** The error of an error frame of the socket. */
export function errorOfFrame(frame: { [key: string]: unknown }): ApiError {
  const number = (value: unknown) => (typeof value === "number" ? value : undefined)
  return new ApiError(String(frame.code ?? "internal"), String(frame.message ?? "The service refused this."), {
    retryAfterMs: number(frame.retryAfterMs),
    expected: number(frame.expected),
    details: Array.isArray(frame.details) ? (frame.details as ErrorDetail[]) : undefined,
  })
}

/** The error of a call that got no answer at all. */
export const networkError = (cause: unknown): ApiError =>
  new ApiError("unavailable.network", "Backline could not be reached. Check the connection; it is tried again by itself.", {
    cause,
  })

/** Anything thrown as an ApiError, so that a screen always has a sentence to show. */
export const toApiError = (thrown: unknown): ApiError =>
  thrown instanceof ApiError
    ? thrown
    : new ApiError("internal", "Something went wrong in the console. Reload the page.", { cause: thrown })
