import { log } from "../logger.ts"
import { type RunEvent, frameOf } from "./event.ts"

/** Frames that wait behind a slow socket; beyond, only what ends the run is still sent. The log has the rest. */
const MOST_WAITING = 40

/**
 * Posts a run's frames to its owner's sockets, in order, beside the run: the log was written before, so a frame that is lost or dropped
 * is fetched by its client, and no failure here fails the run. `drain` waits for what is under way.
 */
export function outbox(
  run: { runId: string; conversationId: string; userId: string },
  post: (userId: string, frame: object) => Promise<unknown>,
) {
  let chain: Promise<void> = Promise.resolve()
  let waiting = 0
  return {
    send(event: RunEvent): void {
      const last = event.kind === "done" || event.kind === "error" || event.kind === "stopped"
      if (waiting >= MOST_WAITING && !last) return
      waiting += 1
      chain = chain.then(async () => {
        try {
          await post(run.userId, frameOf(run, event))
        } catch (error) {
          log.warn("frame was not posted", { runId: run.runId, offset: event.offset, error })
        }
        waiting -= 1
      })
    },
    drain: (): Promise<void> => chain,
  }
}
