import { now } from "../clock.ts"
import { AppError } from "../error.ts"
import { log } from "../logger.ts"
import { Recent } from "../recent.ts"
import { buckets } from "./bucket.ts"
import * as table from "./table.ts"

/** What no person types and no page needs: a page that restores itself sends some hundred frames at once. */
const CONNECTION = { burst: 500, perSecond: 50 }
const PERSON = { burst: 2_500, perSecond: 250 }

/** Frames of a connection that one function lets through before it tells the others. Who sends fewer in a window costs no write. */
const NOTE_EVERY = 25
const WINDOW_MS = 5_000
const most = ({ burst, perSecond }: typeof PERSON) => Math.max(burst, (perSecond * WINDOW_MS) / 1000)

const ofConnection = buckets(CONNECTION)
const ofPerson = buckets(PERSON)

export { spend } from "./allowance.ts"

interface Counted {
  window: number
  /** Not noted yet. */
  frames: number
  /** All functions together have let enough through. */
  isOver: boolean
}
const counted = new Recent<Counted>(10_000)

const tooMany = (retryAfterMs: number) =>
  new AppError("limit", "limit.rate", "Too many frames from you. Wait as long as retryAfterMs says, then send again.", {
    retryAfterMs,
  })

/**
 * Takes one frame from the budgets of a connection and its person, or throws `limit.rate` with `retryAfterMs`. `at` is when the frame came in, in epoch
 * milliseconds: frames that had to wait for us count as what they were, a flood.
 *
 * What it guarantees: one function lets a connection send 500 frames at once and 50 a second after that, a person five times as many. Frames of one
 * socket meet several functions, so each tells a shared counter about every 25th: all functions together let a connection send 500 frames in any
 * window of five seconds, and a person 2,500, plus at most 25 for each function at work. Where the counter cannot be reached, the first rule stands alone.
 */
export async function take({ userId, connectionId }: { userId: string; connectionId: string }, at = now()): Promise<void> {
  const window = Math.floor(at / WINDOW_MS)
  const windowEnd = (window + 1) * WINDOW_MS
  let count = counted.get(connectionId)
  if (count?.window !== window) {
    count = { window, frames: 0, isOver: false }
    counted.set(connectionId, count)
  }
  const wait = count.isOver ? windowEnd - at : ofConnection(connectionId, at) || ofPerson(userId, at)
  if (wait > 0) throw tooMany(wait)
  if (++count.frames < NOTE_EVERY) return
  const frames = count.frames
  count.frames = 0
  try {
    const { own, total } = await table.add({ userId, connectionId, window, frames }, windowEnd + WINDOW_MS)
    count.isOver = own >= most(CONNECTION) || total >= most(PERSON)
  } catch (error) {
    log.warn("frames were not noted", { userId, error })
  }
}
