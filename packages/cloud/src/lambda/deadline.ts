/**
 * Calls `run` when `ms` have passed in which nobody stood at a breakpoint; `paused` is how many milliseconds somebody did so far.
 * Returns how to call it off.
 */
export function deadline(ms: number, paused: () => number, run: () => void): () => void {
  const startedAt = performance.now() - paused()
  let timer: NodeJS.Timeout
  const look = () => {
    const left = ms - (performance.now() - paused() - startedAt)
    if (left < 1) run()
    else timer = setTimeout(look, left).unref()
  }
  timer = setTimeout(look, ms).unref()
  return () => clearTimeout(timer)
}
