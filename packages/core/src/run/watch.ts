import { find } from "./index.ts"
import { beat, type Lease, LeaseLost } from "./lease.ts"

/** How often the head is asked whether to stop, and how often the lease is renewed when the log is silent; milliseconds. */
const LOOK_MS = 500
const BEAT_MS = 8_000

/**
 * Looks after a run while its answer is made: aborts `controller` with "stopped" when someone asked for it, or with LeaseLost when the
 * run is no longer ours. One look at a time; a failed look is repeated at the next. Gives the function that ends the watch.
 */
export function watch(lease: Lease, controller: AbortController): () => Promise<void> {
  let over = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let looking: Promise<void> = Promise.resolve()
  let beatAt = performance.now()

  async function look(): Promise<void> {
    try {
      let stopRequested: boolean | undefined
      if (performance.now() - beatAt >= BEAT_MS) {
        beatAt = performance.now()
        stopRequested = (await beat(lease)).stopRequested
      } else {
        const head = await find(lease.run.runId)
        if (head?.leaseOwner !== lease.owner && !over) throw new LeaseLost()
        stopRequested = head?.stopRequested
      }
      if (stopRequested && !over) controller.abort("stopped")
    } catch (error) {
      if (error instanceof LeaseLost && !over) controller.abort(error)
    }
    if (!over && !controller.signal.aborted) schedule()
  }

  const schedule = () => {
    timer = setTimeout(() => void (looking = look()), LOOK_MS)
  }
  schedule()
  return async () => {
    over = true
    clearTimeout(timer)
    await looking
  }
}
