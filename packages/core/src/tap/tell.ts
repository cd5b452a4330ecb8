import { payloadOf } from "../callbacks.ts"
import { now } from "../clock.ts"
import { deliver } from "../connection/deliver.ts"
import { log } from "../logger.ts"
import { Recent } from "../recent.ts"
import type { Line } from "./line.ts"
import { learn, live, refresh } from "./live.ts"
import * as table from "./table.ts"

/** What a person can see pass by, and more. All functions together tell a tap no more than this in a second. */
const LINES_PER_SECOND = 50
const WINDOW_MS = 1_000
/** After a post that failed, the tap's socket is left alone for as long: watching must not delay what is watched. */
const REST_MS = 5_000
const TIMEOUT_MS = 2_000
const KEPT_MS = 60_000

interface State {
  window: number
  /** Caught here, and not in the shared count yet. */
  uncounted: number
  /** Enough was told in this window, by whichever function. */
  isOver: boolean
  restUntil: number
}
const states = new Recent<State>(100)

function stateOf(id: string, window: number): State {
  const last = states.get(id) ?? { window, uncounted: 0, isOver: false, restUntil: 0 }
  if (last.window !== window) Object.assign(last, { window, isOver: false })
  states.set(id, last)
  return last
}

/** How many of `lines` may be told, and how many there were since the tap began. */
async function admitted(tap: table.Info, lines: number, state: State): Promise<{ most: number; caught: number }> {
  const caught = state.uncounted
  state.uncounted = 0
  try {
    const sums = await table.count(
      tap.id,
      { window: state.window, lines, caught },
      tap.expiresAt + KEPT_MS,
      AbortSignal.timeout(TIMEOUT_MS),
    )
    return { most: LINES_PER_SECOND - (sums.inWindow - lines), caught: sums.caught }
  } catch (error) {
    state.uncounted += caught
    log.warn("lines of a tap were not counted", { tap: tap.id, error })
    return { most: 0, caught: 0 }
  }
}

/**
 * Sends a tap its lines in one frame, as far as its rate allows. `caught` in it counts all that there were: what the reader has not got by then was
 * left out. A socket that is gone takes its taps along; one that does not take the frame is left alone for a while.
 */
export async function tell(tap: table.Info, lines: readonly Line[]): Promise<void> {
  const at = now()
  const state = stateOf(tap.id, Math.floor(at / WINDOW_MS))
  state.uncounted += lines.length
  if (state.isOver || state.restUntil > at) return
  const { most, caught } = await admitted(tap, lines.length, state)
  state.isOver = most <= lines.length
  const events = lines.slice(0, Math.max(0, most))
  if (events.length === 0) return
  const payload = payloadOf(JSON.stringify({ type: "tap", tap: tap.id, caught, events }))
  const delivery = await deliver(tap.connectionId, payload, { attempts: 1 })
  if (delivery === "failed") state.restUntil = now() + REST_MS
  if (delivery === "gone") await endOf(tap.connectionId)
}

/** Ends the taps of a connection that is over, as far as this function knew of any within the last seconds. */
export async function endOf(connectionId: string): Promise<void> {
  await refresh()
  if (!live().some((tap) => tap.connectionId === connectionId)) return
  learn(await table.change(now(), (taps) => taps.filter((tap) => tap.connectionId !== connectionId)))
  log.info("taps ended with their connection", { connectionId })
}
