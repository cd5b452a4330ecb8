import * as fc from "fast-check"
import { expect, it } from "vitest"
import { Recent } from "./recent.ts"

it("keeps what was set last, and never more than it may weigh", () => {
  const step = fc.tuple(fc.constantFrom(..."abcdef"), fc.option(fc.integer({ min: 0, max: 12 })))
  const property = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const recent = new Recent<number>(10, (value) => value)
    let last: [string, number][] = []
    for (const [key, value] of steps) {
      last = last.filter(([other]) => other !== key)
      if (value === null) recent.delete(key)
      else {
        recent.set(key, value)
        last.push([key, value])
      }
      while (last.reduce((sum, [, weight]) => sum + weight, 0) > 10) last.shift()
      expect([...recent]).toEqual(last)
    }
    recent.clear()
    recent.set("whole", 10)
    expect([...recent]).toEqual([["whole", 10]])
  })
  fc.assert(property, { numRuns: 200 })
})

it("counts entries where nothing is weighed", () => {
  const recent = new Recent<boolean>(2)
  for (const key of ["a", "b", "a", "c"]) recent.set(key, true)
  expect([...recent.keys()]).toEqual(["a", "c"])
})
