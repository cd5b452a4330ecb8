import { afterEach, beforeEach, expect, it } from "vitest"
import { missing, untilLoaded } from "./loaded.ts"
import { startApi } from "./testing/api.ts"

let api: Awaited<ReturnType<typeof startApi>>
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.stop())

it("a position is missing until its shard's loaded number has reached it, whatever their length", () => {
  const position = { stream: "a", shard: "s", sequence: "1000" }
  const shard = { stream: "a", shard: "s", consumed: "2000", loaded: "999" }
  expect(missing([position], [])).toEqual([position])
  expect(missing([position], [shard])).toEqual([position])
  expect(missing([position], [{ ...shard, stream: "b", loaded: "5000" }])).toEqual([position])
  expect(missing([position], [{ ...shard, loaded: "1000" }])).toEqual([])
})

it("waiting ends with a clear text when nothing moves any more", async () => {
  api.control.lag = Number.POSITIVE_INFINITY
  const target = { http: api.http, token: async () => "t" }
  const position = { stream: "concerts", shard: "s0", sequence: "7" }
  await expect(untilLoaded(target, [position], { stallMs: 50, pollMs: 5 })).rejects.toThrow(
    /warehouse has not moved for .*concerts s0 up to 7/,
  )
})
