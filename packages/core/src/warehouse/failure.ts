import { AppError } from "../error.ts"

/**
 * What Redshift says names hosts, files, ARNs and SQL, so callers get one of these sentences and the text itself stays in `cause`, for the log.
 * The first matching pattern wins.
 */
const KNOWN: readonly [pattern: RegExp, make: (cause: unknown) => AppError][] = [
  [
    /serializable isolation violation|could not serialize|conflict/i,
    (cause) =>
      new AppError("unavailable", "unavailable.query_conflict", "Another load changed the same rows. Try again.", {
        cause,
        retryAfterMs: 1_000,
      }),
  ],
  [
    /out of memory|disk full|usage limit|connection|timed? ?out|too many|resum|not available/i,
    (cause) =>
      new AppError("unavailable", "unavailable.warehouse", "The warehouse is not ready for this. Try again in a minute.", {
        cause,
        retryAfterMs: 30_000,
      }),
  ],
  [
    /permission denied|not authorized|access denied/i,
    (cause) =>
      new AppError(
        "internal",
        "internal.warehouse_permission",
        "The warehouse refused our own statement. Its role lacks a grant; see the log for the object.",
        { cause },
      ),
  ],
]

/** The error of a statement that ended FAILED or ABORTED. `text` is Redshift's own and must not reach a caller. */
export function failureOf(status: string, text: string | undefined, id: string): AppError {
  const cause = new Error(`Statement ${id} ended ${status}: ${text ?? "no reason given"}`)
  if (status === "ABORTED")
    return new AppError("unavailable", "unavailable.query_cancelled", "The query was cancelled. Try again.", {
      cause,
      retryAfterMs: 1_000,
    })
  for (const [pattern, make] of KNOWN) if (pattern.test(text ?? "")) return make(cause)
  return new AppError("internal", "internal.query_failed", "The warehouse could not run this query. Report the requestId.", {
    cause,
  })
}

const LIMITS = new Set([
  "ActiveStatementsExceededException",
  "ActiveSessionsExceededException",
  "ThrottlingException",
  "TooManyRequestsException",
])

/** The error of a Data API call that was refused; what is none of ours is passed on. */
export function refusalOf(thrown: unknown): unknown {
  const name = thrown instanceof Error ? thrown.name : ""
  if (LIMITS.has(name))
    return new AppError("limit", "limit.warehouse", "Too many queries run at once. Try again in a few seconds.", {
      cause: thrown,
      retryAfterMs: 3_000,
    })
  if (
    name === "InternalServerException" ||
    name === "TimeoutError" ||
    name === "BatchExecuteStatementException" ||
    name === "ExecuteStatementException"
  )
    return new AppError("unavailable", "unavailable.warehouse", "The warehouse cannot be reached. Try again in a minute.", {
      cause: thrown,
      retryAfterMs: 30_000,
    })
  return thrown
}

export const queryTimeout = (): AppError =>
  new AppError(
    "unavailable",
    "unavailable.query_timeout",
    "The query took too long and was cancelled. Ask for a shorter period or fewer names.",
    {
      retryAfterMs: 5_000,
    },
  )

/** Awaits a Data API call; a refusal becomes our error. */
export async function answered<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (thrown) {
    throw refusalOf(thrown)
  }
}
