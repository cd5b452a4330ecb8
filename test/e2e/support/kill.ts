import type { LocalCloud } from "../../../packages/local/src/cloud.ts"
import type { Random } from "../../../packages/local/src/simulate/random.ts"

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function isRunning({ cloud }: LocalCloud, part: string): Promise<boolean> {
  const state = (await (await fetch(`${cloud.awsUrl}/_local/state`)).json()) as { lambda: { running: Record<string, number> } }
  return Object.keys(state.lambda.running).some((name) => name.includes(part))
}

export interface Kills {
  /** By function: how often its workers were killed. */
  killed: Record<string, number>
  /** How many of these ended an invocation under way, the others an idle worker. */
  inFlight: number
}

/** Kills workers of one of the functions at `times` random moments, most of them while it works, and no longer than `alive` says. */
export async function killAtRandom(local: LocalCloud, parts: readonly string[], times: number, random: Random, alive: () => boolean): Promise<Kills> {
  const kills: Kills = { killed: {}, inFlight: 0 }
  for (let count = 0; count < times && alive(); ) {
    const part = random.pick(parts)
    const patience = performance.now() + 1_500
    while (alive() && performance.now() < patience && !(await isRunning(local, part))) await sleep(5)
    await sleep(random.whole(0, 120))
    const running = await isRunning(local, part)
    if (local.kill(part) === 0) continue
    count++
    kills.killed[part] = (kills.killed[part] ?? 0) + 1
    if (running) kills.inFlight++
    await sleep(random.whole(50, 400))
  }
  return kills
}
