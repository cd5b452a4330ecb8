import { createContext } from "../context.ts"

/** How long an invocation may still take, in milliseconds; Lambda's `getRemainingTimeInMillis` fits. */
export type Remaining = () => number

/** An HTTP API gives its integration at most 30 s, so that is what a call may take where nobody said otherwise. */
const HTTP_MS = 29_000
const context = createContext<Remaining | null>("remaining", () => null)

export const withRemaining = <R>(remaining: Remaining, run: () => R): R => context.with(remaining, run)

/** Kept back for cancelling, logging and answering. */
export const RESERVE_MS = 3_000

/** Time left for waiting, measured on the machine's clock: a moved business clock must not stretch a Lambda's life. */
export function startBudget(): { leftMs(): number } {
  const given = context.use()
  const started = performance.now()
  const remaining = given ?? (() => HTTP_MS - (performance.now() - started))
  return { leftMs: () => remaining() - RESERVE_MS }
}
