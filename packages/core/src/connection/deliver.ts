import { type Payload, post } from "../callbacks.ts"
import { denialOf } from "../denial.ts"
import { pause } from "../pause.ts"
import { Recent } from "../recent.ts"

export type Delivery = "sent" | "gone" | "failed"

interface Patience {
  /** How often a post that was throttled, failed or not answered is tried; then the frame is dropped, as the log has it. */
  attempts: number
  /** The socket may not be open yet: 410 is as good as 503. */
  isOpening?: boolean
}

/** What answers within milliseconds when all is well; a socket that stalls longer holds its place for nobody's good. */
const TIMEOUT_MS = 2_000
const STUCK_TIMEOUT_MS = 250
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 1_000

/** A frame of a log is worth a second and a half of trying. */
export const OF_A_LOG: Patience = { attempts: 6 }
/** Typing, presence, cursors: the next one says more. */
export const EPHEMERAL: Patience = { attempts: 2 }

/** Sockets that this function found gone: an id never comes back, so nobody need ask again. */
const KEPT = 10_000
const gone = new Recent<true>(KEPT)
/**
 * Sockets whose last frame was given up, mostly of somebody who reads nothing: API Gateway answers 429 for a full buffer too. They get one short try
 * a frame until one passes, so that those who come after them do not wait for the same second and a half each time.
 */
const stuck = new Recent<true>(KEPT)

/** No answer, and nothing else. */
export function unlessDenied(thrown: unknown): undefined {
  if (denialOf(thrown)) throw thrown
}

/** Posts to one socket, again with full jitter where that can help: 429, 5xx, no answer. Throws only a denial, which is the same for every socket. */
export async function deliver(connectionId: string, payload: Payload, { attempts, isOpening }: Patience): Promise<Delivery> {
  if (gone.has(connectionId)) return "gone"
  const isStuck = stuck.has(connectionId)
  const [tries, timeoutMs] = isStuck ? [1, STUCK_TIMEOUT_MS] : [attempts, TIMEOUT_MS]
  let status: number | undefined
  for (let attempt = 1; attempt <= tries; attempt++) {
    if (attempt > 1) await pause(attempt - 1, FIRST_PAUSE_MS, LONGEST_PAUSE_MS)
    status = await post(connectionId, payload, timeoutMs).catch(unlessDenied)
    if (status === 200) {
      if (isStuck) stuck.delete(connectionId)
      return "sent"
    }
    if (status === 410 && !isOpening) {
      gone.set(connectionId, true)
      return "gone"
    }
    if (status !== undefined && status < 500 && status !== 429 && status !== 410) return "failed"
  }
  if (status === 410) return "gone"
  // Two tries of what is not worth many say little.
  if (attempts > EPHEMERAL.attempts) stuck.set(connectionId, true)
  return "failed"
}
