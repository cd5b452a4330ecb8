import type { Product } from "../../../packages/start/src/product.ts"
import type { LocalLambda } from "../../../packages/cloud/src/lambda/runtime.ts"
import type { Random } from "../../../packages/season/src/simulate/random.ts"

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Asked in process: over HTTP the answer would come after what it tells about. */
function isRunning({ cloud }: Product, part: string): boolean {
  const { running } = (cloud.lambda as LocalLambda).state() as { running: Record<string, number> }
  return Object.keys(running).some((name) => name.includes(part))
}

/** How long to wait for work before an idle worker is killed instead. */
const PATIENCE_MS = 1_500

/**
 * Kills the workers of each function as often as `times` says, in random order at random moments, nearly always while they work. Returns how many of
 * the kills ended an invocation. Ends early when `giveUp` is aborted.
 */
export async function killAtRandom(
  local: Product,
  times: Readonly<Record<string, number>>,
  random: Random,
  giveUp: AbortSignal,
): Promise<{ kills: number; inFlight: number }> {
  const left = Object.entries(times).flatMap(([part, count]) => Array.from({ length: count }, () => part))
  const done = { kills: 0, inFlight: 0 }
  while (left.length > 0 && !giveUp.aborted) {
    const at = random.whole(0, left.length - 1)
    const part = left[at]!
    const patience = performance.now() + PATIENCE_MS
    while (performance.now() < patience && !isRunning(local, part)) await sleep(5)
    await sleep(random.whole(0, 400))
    const running = isRunning(local, part)
    if (local.kill(part) === 0) continue
    left.splice(at, 1)
    done.kills++
    if (running) done.inFlight++
    await sleep(random.whole(20, 150))
  }
  return done
}
