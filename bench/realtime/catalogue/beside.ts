import { median } from "../../table.ts"
import type { Crowd } from "../crowd.ts"
import { Latencies } from "../latencies.ts"
import { allHave, Conversation, type Pace } from "../talk.ts"

/** Workers start and code is compiled meanwhile. */
const WARM_UP = 40

/** How the others fare. */
export interface Beside {
  p99Ratio: number
  p99Ms: number
  quietP99Ms: number
  /** Messages that did not reach everybody in time. */
  missing: number
}

/**
 * p99 of a room while nothing else happens and while something does, in turns; the median of the ratios, each to the mean of before and after.
 * `disturb` begins it and gives how to end it.
 */
export async function beside(
  { clients, run }: Crowd,
  { pace, rounds, disturb }: { pace: Pace; rounds: number; disturb: () => Promise<() => Promise<void>> },
): Promise<Beside> {
  const talk = new Conversation("others", clients.slice(0, 5), run)
  let sent = clients[0]!.reader.log.length
  let missing = 0
  const p99 = async (count = pace.count) => {
    run.latencies = new Latencies()
    await talk.go({ ...pace, count })
    sent += count
    if (!(await allHave(clients, sent))) missing += clients.reduce((sum, { reader }) => sum + sent - reader.log.length, 0)
    return run.latencies.quantile(0.99)
  }
  await p99(WARM_UP)
  const quiet = [await p99()]
  const disturbed: number[] = []
  for (let round = 0; round < rounds; round++) {
    const end = await disturb()
    disturbed.push(await p99())
    await end()
    quiet.push(await p99())
  }
  const p99Ratio = median(disturbed.map((value, round) => (2 * value) / (quiet[round]! + quiet[round + 1]!)))
  return { p99Ratio, p99Ms: median(disturbed), quietP99Ms: median(quiet), missing }
}
