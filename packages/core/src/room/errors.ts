import { AppError } from "../error.ts"
import { backOff } from "../pause.ts"

/** For a room that does not exist and for one that is not yours: nobody can tell the two apart. */
export const missing = () =>
  new AppError("missing", "missing.room", "There is no such room among yours. Join it, or ask to be invited.")

export const missingMessage = () => new AppError("missing", "missing.message", "There is no such message of yours in this room.")

export const missingMember = () => new AppError("missing", "missing.member", "There is no such person in this room.")

export const used = () =>
  new AppError("conflict", "conflict.idempotency", "This clientId was used for another text. Choose a new one for each message.")

/** `expected` is the number that this connection's next message must carry. */
export const outOfOrder = (expected: number) =>
  new AppError("conflict", "conflict.order", `Send the message numbered ${expected} first.`, { fields: { expected } })

export const busy = (cause?: unknown) =>
  new AppError("limit", "limit.rate", "This room takes no more messages right now. Send the same again in a moment.", {
    retryAfterMs: 200 + Math.floor(backOff(1, 400)),
    cause,
  })

const unanswered = (cause: unknown) =>
  new AppError("unavailable", "unavailable.table", "The room could not be reached just now. Send the same again.", { cause })

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "")

const THROTTLES = ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]

/** What a table's error is to its caller: too much at once, or no answer. What is neither comes through as it is. */
export function tableError(error: unknown): unknown {
  if (error instanceof AppError) return error
  if (THROTTLES.includes(nameOf(error))) return busy(error)
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
  return status === undefined || status >= 500 ? unanswered(error) : error
}
