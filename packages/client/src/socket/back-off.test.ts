import fc from "fast-check"
import { expect, test } from "vitest"
import { backOff, renewalDelay } from "./back-off.ts"

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test("a wait is at least a tenth of a second and never above twenty seconds, however often it failed", () => {
  fc.assert(
    fc.property(fc.nat({ max: 100_000 }), random, (attempt, chance) => {
      const wait = backOff(attempt, () => chance)
      expect(wait).toBeGreaterThanOrEqual(100)
      expect(wait).toBeLessThanOrEqual(20_000)
    }),
  )
})

test("later waits are longer until the most, and two clients do not come back together", () => {
  const middle = (attempt: number) => backOff(attempt, () => 0.5)
  for (let attempt = 1; attempt <= 5; attempt++) expect(middle(attempt)).toBeGreaterThan(middle(attempt - 1))
  expect(backOff(3, () => 0)).not.toBe(backOff(3, () => 0.9))
})

test("a connection is renewed before API Gateway's two hours", () => {
  fc.assert(
    fc.property(random, (chance) => {
      expect(renewalDelay(() => chance)).toBeLessThan(2 * 3_600_000 - 4 * 60_000)
    }),
  )
})

test("of a thousand clients cut off together no more than a fifth come back within any tenth of a second", () => {
  let seed = 1
  // mulberry32: even over [0, 1), which fast-check's doubles are not meant to be.
  const even = () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const waits = Array.from({ length: 1_000 }, () => backOff(0, even)).sort((a, b) => a - b)
  const busiest = Math.max(...waits.map((from, i) => waits.findLastIndex((wait) => wait < from + 100) - i + 1))
  console.log(`busiest tenth of a second of 1,000 reconnects: ${busiest / 10} %`)
  expect(busiest).toBeLessThanOrEqual(200)
  expect(waits.at(-1)).toBeLessThanOrEqual(5_000)
})
