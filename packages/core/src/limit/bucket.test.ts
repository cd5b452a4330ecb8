import * as fc from "fast-check"
import { expect, it } from "vitest"
import { buckets } from "./bucket.ts"

it("lets no more through than its burst and its rate, whenever frames come; a wait that it names is long enough", () => {
  const property = fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 }), (pauses) => {
    const take = buckets({ burst: 5, perSecond: 10 })
    let now = 1_000
    const passed: number[] = []
    for (const pause of pauses) {
      now += pause
      const wait = take("a", now)
      if (wait === 0) passed.push(now)
      else {
        now += wait
        expect(take("a", now)).toBe(0)
        passed.push(now)
      }
    }
    for (let from = 0; from < passed.length; from++)
      for (let to = from; to < passed.length; to++)
        expect(to - from + 1).toBeLessThanOrEqual(5 + ((passed[to]! - passed[from]!) * 10) / 1000 + 1e-6)
  })
  fc.assert(property, { numRuns: 100 })
})

it("keeps a bucket for each key, and forgets those that were not used for longest", () => {
  const take = buckets({ burst: 1, perSecond: 1 }, 2)
  expect(["a", "b", "a", "c", "b"].map((key) => take(key, 0) === 0)).toEqual([true, true, false, true, true])
})
