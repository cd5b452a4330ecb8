import type { Cloud } from "../service.ts"

/** Resolves when `cloud.now()` reaches `time`, also by being moved there, or the signal aborts, whichever is first. */
export function until({ clock }: Pick<Cloud, "clock">, time: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      callOff()
      signal.removeEventListener("abort", done)
      resolve()
    }
    let callOff = () => {}
    signal.addEventListener("abort", done, { once: true })
    callOff = clock.alarm(time, done)
  })
}

/** Exponential back-off: 50 ms, doubled per failure, at most 2 s so that a repaired laptop goes on soon. */
export const backOffMs = (failures: number): number => Math.min(2_000, 50 * 2 ** Math.min(failures, 10))
