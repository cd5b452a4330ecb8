import { expect, test } from "vitest"
import { checkLog, checkReader, type Entry } from "./check-log.ts"

/** A small repeatable source of numbers below `below`. */
function numbers(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * below)
  }
}

function rightLog(seed: number): Entry[] {
  const draw = numbers(seed)
  const counts = [0, 0, 0]
  return Array.from({ length: 20 + draw(40) }, (_, index) => {
    const sender = draw(3)
    return { seq: index + 1, user: `u${sender}`, clientId: `c${++counts[sender]!}`, n: counts[sender]! }
  })
}

const PLANTED: Record<string, (log: Entry[], draw: (below: number) => number) => Entry[]> = {
  "a message twice": (log, draw) => {
    const at = draw(log.length)
    return renumbered(log.toSpliced(at + draw(log.length - at), 0, log[at]!))
  },
  "two messages of a sender swapped": (log, draw) => {
    const user = `u${draw(3)}`
    const own = log.flatMap((each, index) => (each.user === user ? [index] : []))
    const [one, other] = own.length > 1 ? [own[0]!, own[1 + draw(own.length - 1)]!] : [0, log.length - 1]
    return renumbered(log.map((each, index) => (index === one ? log[other]! : index === other ? log[one]! : each)))
  },
  "a message lost and its seq with it": (log, draw) => log.toSpliced(draw(log.length), 1),
  "a message lost and the rest moved up": (log, draw) => renumbered(log.toSpliced(draw(log.length), 1)),
}
const renumbered = (log: Entry[]): Entry[] => log.map((each, index) => ({ ...each, seq: index + 1 }))

test.each(Object.keys(PLANTED))("a log with %s is caught 100 times of 100", (name) => {
  let caught = 0
  for (let seed = 1; seed <= 100; seed++) {
    const log = rightLog(seed)
    const planted = PLANTED[name]!(log, numbers(seed * 7919))
    if (checkLog(planted, log).length > 0 && checkReader(planted, log).length > 0) caught++
  }
  expect(caught).toBe(100)
})

test("a reader whose read is stale is caught 100 times of 100, and right ones never", () => {
  let caught = 0
  for (let seed = 1; seed <= 100; seed++) {
    const log = rightLog(seed)
    if (checkReader(log.slice(0, -1 - numbers(seed)(5)), log).length > 0) caught++
    expect([checkLog(log, log), checkReader(log, log)]).toEqual([[], []])
  }
  expect(caught).toBe(100)
})
