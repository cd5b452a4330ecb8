import fc from "fast-check"
import { expect, test } from "vitest"
import { Turns } from "./turns.ts"

interface Item {
  origin: string
  n: number
}

/** Names an origin that adds something, or takes. */
const steps = fc.array(fc.oneof(fc.constantFrom("a", "b", "c", "d"), fc.constant(undefined)), { maxLength: 200 })

/** Runs the steps, then takes until nothing is left; `seen` is told of each item taken and of what waited then, oldest first. */
function run(taken: readonly (string | undefined)[], seen: (item: Item, waiting: readonly Item[]) => void): void {
  const turns = new Turns<Item>()
  const waiting: Item[] = []
  let added = 0
  const take = () => {
    const { next } = turns
    const item = turns.take()
    expect(item).toBe(next)
    expect(item === undefined).toBe(waiting.length === 0)
    if (!item) return
    seen(item, waiting)
    waiting.splice(waiting.indexOf(item), 1)
    expect(turns.size).toBe(waiting.length)
  }
  for (const origin of taken) {
    if (origin === undefined) take()
    else {
      const item = { origin, n: added++ }
      turns.add(origin, item)
      waiting.push(item)
    }
  }
  while (waiting.length > 0) take()
}

test("whatever is added is taken once, and that of one origin in the order in which it came", () => {
  const property = fc.property(steps, (taken) => {
    const times = new Map<Item, number>()
    run(taken, (item, waiting) => {
      expect(waiting.find(({ origin }) => origin === item.origin)).toBe(item)
      times.set(item, (times.get(item) ?? 0) + 1)
    })
    const added = taken.filter((origin) => origin !== undefined).length
    expect([...times.values()]).toEqual(Array.from({ length: added }, () => 1))
  })
  fc.assert(property)
})

test("while an origin waits, no other one has two turns", () => {
  const property = fc.property(steps, (taken) => {
    /** Since its last turn, or since it began to wait: which others had one. */
    const passed = new Map<string, Set<string>>()
    run(taken, (item, waiting) => {
      for (const origin of new Set(waiting.map((each) => each.origin))) {
        if (origin === item.origin) continue
        const others = passed.get(origin) ?? new Set()
        expect(others).not.toContain(item.origin)
        passed.set(origin, others.add(item.origin))
      }
      passed.delete(item.origin)
    })
  })
  fc.assert(property)
})

test("one frame behind a backlog of a thousand is the second to be taken", () => {
  const turns = new Turns<string>()
  for (let n = 0; n < 1_000; n++) turns.add("flood", `flood ${n}`)
  turns.add("other", "other")
  expect([turns.take(), turns.take(), turns.take()]).toEqual(["flood 0", "other", "flood 1"])
})
