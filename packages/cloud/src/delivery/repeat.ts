import type { Cloud } from "../service.ts"
import { until } from "../lambda/wait.ts"

/** How one delivery went. `final`: another attempt cannot help, as with a target that is gone or may not be used. */
export type Attempt = { ok: true } | { ok: false; final: boolean; code: string; message: string }

/** How all attempts went. */
export interface Repeated {
  last: Attempt
  attempts: number
}

/**
 * Attempts until one succeeds or fails for good, or `pauseMs` (asked with the number of failures so far) answers undefined. Ends without
 * a verdict (`undefined`) when the signal aborts.
 */
export async function repeat(
  cloud: Pick<Cloud, "now" | "clock">,
  signal: AbortSignal,
  attempt: () => Promise<Attempt>,
  pauseMs: (failures: number) => number | undefined,
): Promise<Repeated | undefined> {
  for (let attempts = 1; !signal.aborted; attempts++) {
    const last = await attempt()
    if (signal.aborted) return undefined
    if (last.ok || last.final) return { last, attempts }
    const pause = pauseMs(attempts)
    if (pause === undefined) return { last, attempts }
    await until(cloud, cloud.now() + pause, signal)
  }
  return undefined
}
