import { now } from "../clock.ts"
import { type Info, isOver } from "./table.ts"
import { finish, LeaseLost, take } from "./lease.ts"
import { Said } from "./said.ts"

/** The queue delivers a run again 12 minutes after a worker died (six times its timeout); nobody comes back later than this. */
const ABANDONED_MS = 15 * 60_000

export const INTERRUPTED = {
  kind: "error",
  code: "unavailable.interrupted",
  message: "The answer was interrupted and could not be finished. Ask again.",
} as const

/** Ends a run that no worker will come back to, so that nobody waits for it for ever. Says whether it did. */
export async function closeIfAbandoned(run: Info): Promise<boolean> {
  if (isOver(run.state) || (run.leaseUntil ?? run.createdAt) + ABANDONED_MS > now()) return false
  const lease = await take(run.runId)
  if (!lease) return false
  try {
    const said = await Said.before(run.runId, lease.offset)
    const terminal = said.ends(INTERRUPTED)
    await finish(lease, terminal, said.answer(terminal))
    return true
  } catch (error) {
    if (error instanceof LeaseLost) return false
    throw error
  }
}
