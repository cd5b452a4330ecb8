import fc from "fast-check"
import { expect, test } from "vitest"
import { Heap } from "./heap.ts"
import { Recent } from "./recent.ts"

test("a heap gives what is in it in order, whatever came and left", () => {
  const step = fc.record({ value: fc.integer({ min: 0, max: 50 }), leave: fc.boolean(), which: fc.nat() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const heap = new Heap<"place", { value: number; n: number; place: number }>("place", (a, b) =>
        a.value === b.value ? a.n < b.n : a.value < b.value,
      )
      let inside: { value: number; n: number; place: number }[] = []
      for (const [n, { value, leave, which }] of steps.entries()) {
        if (leave && inside.length > 0) {
          const gone = inside[which % inside.length]!
          heap.remove(gone)
          expect(gone.place).toBe(-1)
          inside = inside.filter((each) => each !== gone)
        } else {
          const item = { value, n, place: -1 }
          heap.push(item)
          inside.push(item)
        }
        const sorted = [...inside].sort((a, b) => a.value - b.value || a.n - b.n)
        expect(heap.size).toBe(inside.length)
        expect(heap.top).toBe(sorted[0])
        expect(heap.first(5)).toEqual(sorted.slice(0, 5))
      }
    }),
    { numRuns: 200 },
  )
})

test("what is remembered for a while is known exactly as long, and no longer kept", () => {
  const recent = new Recent<number>(1_000)
  for (let n = 0; n < 5_000; n++) recent.set(`k${n}`, n, n)
  expect(recent.get("k4000", 4_999)).toBe(4_000)
  expect(recent.get("k4000", 5_000)).toBeUndefined()
  expect([...recent.entries(4_999)]).toHaveLength(1_000)
  recent.set("k4500", -1, 6_000)
  expect([...recent.entries(6_000)]).toEqual([{ key: "k4500", at: 6_000, value: -1 }])
})
