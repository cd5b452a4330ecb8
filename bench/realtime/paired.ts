import { median } from "../table.ts"

/** Draws the same order for the same seed: who comes first in a round must not always be the same. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed >>> 0
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const order = [...items]
  for (let last = order.length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1))
    ;[order[last], order[pick]] = [order[pick]!, order[last]!]
  }
  return order
}

/** Takes each measure once a round, in another order each time; the first round warms up and is not counted. */
export async function rounds<Name extends string>(measures: Record<Name, () => Promise<number>>, count: number) {
  const taken = Object.fromEntries(Object.keys(measures).map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round <= count; round++)
    for (const name of shuffled(Object.keys(measures) as Name[], round + 1)) {
      const value = await measures[name]()
      if (round > 0) taken[name].push(value)
    }
  return {
    median: (name: Name) => median(taken[name]),
    /** The median of what one took over what the other took in the same round. */
    ratio: (name: Name, floor: Name) => median(taken[name].map((value, round) => value / taken[floor][round]!)),
  }
}
