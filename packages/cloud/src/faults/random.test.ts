import * as fc from "fast-check"
import { expect, test } from "vitest"
import { random } from "./random.ts"

test("a seed gives the same numbers again, each from 0 up to 1", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), (seed) => {
      const [first, second] = [random(seed), random(seed)]
      for (let index = 0; index < 50; index++) {
        const number = first()
        expect(number).toBe(second())
        expect(number >= 0 && number < 1).toBe(true)
      }
    }),
  )
})

test("the numbers are spread evenly, and differ between seeds", () => {
  const next = random(1)
  const buckets = Array(10).fill(0)
  for (let index = 0; index < 10_000; index++) buckets[Math.floor(next() * 10)]++
  for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(150)
  expect(random(1)()).not.toBe(random(2)())
})
