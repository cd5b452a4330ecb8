/** The cloud's clock may be moved while we wait, so it is looked at this often. */
const LOOK_MS = 100

/** Resolves when `cloud.now()` reaches `time` or the signal aborts, whichever is first. */
export async function until(cloud: { now(): number }, time: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const left = time - cloud.now()
    if (left <= 0) return
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener("abort", done)
        resolve()
      }
      const timer = setTimeout(done, Math.min(left, LOOK_MS)).unref()
      signal.addEventListener("abort", done)
    })
  }
}

/** Exponential back-off: 50 ms, doubled per failure, at most 2 s so that a repaired laptop goes on soon. */
export const backOffMs = (failures: number): number => Math.min(2_000, 50 * 2 ** Math.min(failures, 10))
