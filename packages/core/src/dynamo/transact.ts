import { dynamo } from "../aws.ts"
import { pause } from "../pause.ts"
import { TransactWriteCommand, type TransactWriteCommandInput } from "./client.ts"

const ATTEMPTS = 6
const FIRST_PAUSE_MS = 40

const reasonsOf = (error: unknown): (string | undefined)[] =>
  (error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons?.map(({ Code }) => Code) ?? []

/** Another writer was in the way for a moment, or the key was throttled: the same write may pass a little later. No condition has refused it. */
export function isConflict(error: unknown): boolean {
  const name = error instanceof Error ? error.name : ""
  if (name === "TransactionConflictException" || name === "TransactionInProgressException") return true
  return name === "TransactionCanceledException" && !reasonsOf(error).includes("ConditionalCheckFailed")
}

/** Runs a write again while only a conflict with a neighbour refuses it; the SDK does not do so by itself. */
export async function unlessConflict<T>(write: () => Promise<T>, attempts = ATTEMPTS): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write()
    } catch (error) {
      if (attempt === attempts || !isConflict(error)) throw error
      await pause(attempt, FIRST_PAUSE_MS)
    }
  }
}

type Step = NonNullable<TransactWriteCommandInput["TransactItems"]>[number]

/**
 * Writes all steps or none of them. Gives the names of the steps whose conditions refused it: an empty set where everything is written. Where a condition
 * can fail, whoever calls must look. Throws anything else, a conflict after its attempts too.
 */
export async function transact<Name extends string>(
  steps: { readonly [name in Name]?: Step },
  attempts = ATTEMPTS,
): Promise<ReadonlySet<Name>> {
  const named = (Object.entries(steps) as [Name, Step | undefined][]).filter(([, step]) => step !== undefined)
  const TransactItems = named.map(([, step]) => step!)
  try {
    await unlessConflict(() => dynamo().send(new TransactWriteCommand({ TransactItems })), attempts)
    return new Set()
  } catch (error) {
    const reasons = reasonsOf(error)
    const refused = named.filter((_, index) => reasons[index] === "ConditionalCheckFailed")
    if (refused.length === 0) throw error
    return new Set(refused.map(([name]) => name))
  }
}
