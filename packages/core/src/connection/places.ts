import { now } from "../clock.ts"
import { AppError } from "../error.ts"
import * as table from "./table.ts"

/** More pages than anybody has open; a program shares one socket. */
const MOST = 50
/** Rows that are over stay a quarter of an hour: who has so many in that time opens and closes at a machine's speed. Reading as many costs 20 units at most. */
const MOST_ROWS = 1_000
const AGAIN_MS = 30_000

/**
 * Throws `limit.connections` where a person has 50 live connections besides this one. None is cut for another: what is open works. One query, half a
 * unit for a few rows. What opens at the same moment is not seen, so together a few more may get in, each of which counts from then on.
 */
export async function requirePlace(userId: string, connectionId = "none"): Promise<void> {
  const { live, isAll } = await table.countOthers({ userId, connectionId }, now(), MOST_ROWS)
  if (isAll && live < MOST) return
  throw new AppError(
    "limit",
    "limit.connections",
    `You have ${MOST} connections open, the most there may be. Close pages or programs that you do not need; it is tried again.`,
    { retryAfterMs: Math.round(AGAIN_MS * (1 + Math.random())) },
  )
}
