import { type Payload, post } from "../callbacks.ts"

export type Delivery = "sent" | "gone" | "failed"

interface Patience {
  /** How often a post that was throttled, failed or not answered is tried; then the frame is dropped, as the log has it. */
  attempts: number
  /** The socket may not be open yet: 410 is as good as 503. */
  isOpening?: boolean
}

/** What answers within milliseconds when all is well; a socket that stalls longer holds its place for nobody's good. */
const TIMEOUT_MS = 2_000
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1_000

/** A frame of a log is worth a second and a half of trying. */
export const OF_A_LOG: Patience = { attempts: 6 }
/** Typing, presence, cursors: the next one says more. */
export const EPHEMERAL: Patience = { attempts: 2 }

const pause = (attempt: number) =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt)))

/** Posts to one socket, again with full jitter where that can help: 429, 5xx, no answer. Never throws. */
export async function deliver(connectionId: string, payload: Payload, { attempts, isOpening }: Patience): Promise<Delivery> {
  let status: number | undefined
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) await pause(attempt)
    status = await post(connectionId, payload, TIMEOUT_MS).catch(() => undefined)
    if (status === 200) return "sent"
    if (status === 410 && !isOpening) return "gone"
    if (status !== undefined && status < 500 && status !== 429 && status !== 410) return "failed"
  }
  return status === 410 ? "gone" : "failed"
}
