import { availableParallelism } from "node:os"

export const PROCESSORS = availableParallelism()

/** Above this share of them, one more piece of work makes all others later. */
const BUSY = 0.5
const SAMPLE_MS = 20

let at = performance.now()
let used = process.cpuUsage()
let busy = false

/** Whether this process keeps the processors busy: by what it used of them since it was asked last, and in 20 ms at least. */
export function areProcessorsBusy(): boolean {
  const now = performance.now()
  if (now - at < SAMPLE_MS) return busy
  const { user, system } = process.cpuUsage(used)
  busy = (user + system) / 1000 > BUSY * PROCESSORS * (now - at)
  at = now
  used = process.cpuUsage()
  return busy
}
