import { TransactWriteCommand, type TransactWriteCommandInput } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"

const ATTEMPTS = 6

const reasonsOf = (error: unknown): (string | undefined)[] =>
  (error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons?.map(({ Code }) => Code) ?? []

/** Which items' conditions did not hold; empty for every other error. */
export const failedConditions = (error: unknown): number[] =>
  reasonsOf(error).flatMap((code, index) => (code === "ConditionalCheckFailed" ? [index] : []))

/** Another writer was in the way for a moment, or the key was throttled: the same transaction may pass a little later. */
const isPassing = (error: unknown): boolean => {
  const name = error instanceof Error ? error.name : ""
  if (name === "TransactionConflictException" || name === "TransactionInProgressException") return true
  return name === "TransactionCanceledException" && failedConditions(error).length === 0
}

/** Runs a write again while only a conflict with a neighbour refuses it; the SDK does not do so by itself. */
export async function unlessConflict<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write()
    } catch (error) {
      if (attempt === ATTEMPTS || !isPassing(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** attempt * (0.5 + Math.random())))
    }
  }
}

export const transact = (TransactItems: NonNullable<TransactWriteCommandInput["TransactItems"]>) =>
  unlessConflict(() => dynamo().send(new TransactWriteCommand({ TransactItems })))
