import { now } from "../clock.ts"
import { AppError } from "../error.ts"
import * as table from "./table.ts"

interface Allowance {
  /** Of what: part of a key. */
  what: string
  /** So often in each window, which begin at the same moments for everybody. */
  most: number
  windowMs: number
  /** What to do instead. */
  message: string
}

/**
 * Takes one from what a person may do in this window, over all functions: one write. Throws `limit.rate` until the window is over, so that around its end
 * twice as many may come within it. A refused or repeated try counts too.
 */
export async function spend({ what, most, windowMs, message }: Allowance, userId: string): Promise<void> {
  const at = now()
  const window = Math.floor(at / windowMs)
  const end = (window + 1) * windowMs
  if ((await table.addOne(userId, what, window, end + windowMs)) > most)
    throw new AppError("limit", "limit.rate", message, { retryAfterMs: end - at })
}
