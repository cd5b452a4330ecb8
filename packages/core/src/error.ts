import { denialOf } from "./denial.ts"

/** Closed list: what went wrong, from the caller's point of view. Everything a boundary does with an error follows from it. */
export type Kind = "input" | "auth" | "forbidden" | "missing" | "conflict" | "limit" | "unavailable" | "internal"

/** One problem of one input: the path into it (`events.3.at`) and what to do about it. */
export interface Detail {
  path: string
  message: string
}

interface Options {
  details?: Detail[]
  retryAfterMs?: number
  /** What a frame carries besides (`expected`). */
  fields?: Record<string, unknown>
  cause?: unknown
}

/** The only error that leaves a noun. `code` is stable and dotted (`missing.conversation`); `message` says the fix. */
export class AppError extends Error {
  override readonly name = "AppError"
  readonly details?: Detail[]
  readonly retryAfterMs?: number
  readonly fields?: Record<string, unknown>

  constructor(
    readonly kind: Kind,
    readonly code: string,
    message: string,
    options: Options = {},
  ) {
    super(message, { cause: options.cause })
    this.details = options.details
    this.retryAfterMs = options.retryAfterMs
    this.fields = options.fields
  }
}

/** HTTP status of each kind; 413 for sizes is the one exception and stands beside it. */
const STATUS = {
  input: 400,
  auth: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  limit: 429,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<Kind, number>

export const httpStatus = (error: AppError): number => (error.code === "limit.size" ? 413 : STATUS[error.kind])

/** Whether a queue or stream should deliver the record again: only what time can mend. */
export const isRetryable = (error: AppError): boolean =>
  error.kind === "unavailable" || error.kind === "internal" || error.kind === "limit"

/** A permission that a deploy forgot. Nobody who asks can mend it, and sending again does not. */
export const denied = (cause: unknown): AppError =>
  new AppError(
    "internal",
    "internal.denied",
    "Backline lacks a permission for this, so sending it again does not help. Report the requestId: its log names role, action and resource.",
    { cause },
  )

/** Called once, at a boundary: anything thrown becomes an AppError; what we did not raise ourselves tells the caller nothing. */
export function toAppError(thrown: unknown): AppError {
  // Whatever it was taken for on its way here: a service that denies has answered, and will answer the same.
  if (denialOf(thrown)) return thrown instanceof AppError && thrown.code === "internal.denied" ? thrown : denied(thrown)
  if (thrown instanceof AppError) return thrown
  return new AppError("internal", "internal", "Something went wrong on our side. Try again; if it stays, report the requestId.", {
    cause: thrown,
  })
}
