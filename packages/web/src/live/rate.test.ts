import type { Progress, ShardProgress } from "@backline/client"
import fc from "fast-check"
import { expect, test } from "vitest"
import { addSample, freshnessOf, latestEvents, rateOf, type Sample, totalOf } from "./rate.ts"

const shard = (changes: Partial<ShardProgress>): ShardProgress => ({
  stream: "concert-events",
  shard: "0",
  consumed: "10",
  loaded: "10",
  arrivedAt: 5,
  counts: {},
  recent: [],
  ...changes,
})
const progress = (...shards: ShardProgress[]): Progress => ({ shards, at: 0 })

test("the last minute counts what came in it, however polls fell", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ wait: fc.integer({ min: 500, max: 20_000 }), came: fc.nat({ max: 500 }) }), { maxLength: 60 }),
      (polls) => {
        let samples: Sample[] = [{ at: 0, total: 100 }]
        for (const { wait, came } of polls) {
          const last = samples.at(-1)!
          samples = addSample(samples, { at: last.at + wait, total: last.total + came })
        }
        const { events, slots, seconds } = rateOf(samples)
        const last = samples.at(-1)!
        expect(seconds).toBeLessThanOrEqual(60)
        expect(Math.abs(slots.reduce((sum, count) => sum + count, 0) - events)).toBeLessThanOrEqual(0.5)
        expect(events).toBeLessThanOrEqual(last.total - samples[0]!.total)
        if (last.at <= 60_000) expect(events).toBe(last.total - 100)
      },
    ),
  )
})

test("a total that falls starts over instead of showing a negative rate", () => {
  expect(addSample([{ at: 0, total: 500 }], { at: 2_000, total: 3 })).toEqual([{ at: 2_000, total: 3 }])
})

test("the warehouse is behind while a shard was read further than loaded, with numbers beyond a double", () => {
  const far = "49668899999999999999999999999999999999999999999999999998"
  const one = shard({ consumed: far, loaded: `${far.slice(0, -1)}7` })
  expect(freshnessOf(progress(one, shard({})))).toEqual({ behind: 1, shards: 2, arrivedAt: 5 })
  expect(freshnessOf(progress({ ...one, loaded: far })).behind).toBe(0)
})

test("totals and latest events are over all shards", () => {
  const event = (id: string, at: number) => ({ id, type: "ticket.sold", at, label: id })
  const both = progress(
    shard({ counts: { "ticket.sold": 2, "ticket.scanned": 1 }, recent: [event("a", 3)] }),
    shard({ counts: { "ticket.sold": 4 }, recent: [event("b", 9), event("c", 1)] }),
  )
  expect(totalOf(both)).toBe(7)
  expect(latestEvents(both, 2).map(({ id }) => id)).toEqual(["b", "a"])
})
