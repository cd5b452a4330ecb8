import fc from "fast-check"
import { expect, test } from "vitest"
import { backOff, renewalDelay } from "./back-off.ts"

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test("a wait is at least a quarter second and never above twenty seconds, however often it failed", () => {
  fc.assert(
    fc.property(fc.nat({ max: 100_000 }), random, (attempt, chance) => {
      const wait = backOff(attempt, () => chance)
      expect(wait).toBeGreaterThanOrEqual(250)
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
