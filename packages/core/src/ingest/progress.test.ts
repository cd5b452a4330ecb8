import * as fc from "fast-check"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { withClock } from "../clock.ts"
import { loadedOf, progress } from "./progress.ts"
import { pendingItem, progressItem } from "./table.ts"
import { World } from "./testing/cloud.ts"

let world: World
vi.mock("../aws.ts", () => ({ dynamo: () => world.dynamo }))

const put = (item: { pk: string; sk: string }) => world.items.set(`${item.pk} ${item.sk}`, item)
const shard = (stream: string, consumed: string) =>
  put(progressItem({ stream, shard: "s0", consumed, arrivedAt: 1, counts: { "ticket.sold": 3 }, quarantined: 0, recent: [] }))
const pending = (stream: string, first: string, table: "ticket" | "work" = "ticket") =>
  put(
    pendingItem(
      { table, key: `k-${table}-${first}`, bytes: 1, rows: 1, stream, shard: "s0", firstSequence: first, lastSequence: first },
      1,
    ),
  )

beforeEach(() => {
  world = new World()
  vi.stubEnv("INGEST_TABLE", "ingest")
})

describe("progress", () => {
  it("is loaded up to what was consumed when nothing is pending", async () => {
    shard("concerts", "900")
    expect((await progress()).shards).toMatchObject([
      { stream: "concerts", shard: "s0", consumed: "900", loaded: "900", counts: { "ticket.sold": 3 } },
    ])
  })

  it("is loaded up to just before the oldest pending object, whatever the length of its number", async () => {
    shard("concerts", "10000")
    pending("concerts", "1000")
    pending("concerts", "999", "work")
    shard("venues", "77")
    const { shards } = await progress()
    expect(Object.fromEntries(shards.map(({ stream, loaded }) => [stream, loaded]))).toEqual({ concerts: "998", venues: "77" })
  })

  it("moves as objects are loaded", async () => {
    shard("concerts", "30")
    for (const first of ["10", "20", "30"]) pending("concerts", first)
    const seen = [(await progress()).shards[0]?.loaded]
    for (const [key] of [...world.items].filter(([key]) => key.startsWith("pending")).sort()) {
      world.items.delete(key)
      seen.push((await progress()).shards[0]?.loaded)
    }
    expect(seen).toEqual(["9", "19", "29", "30"])
  })

  it("says how long the oldest pending object has waited, however often it was announced since", async () => {
    shard("concerts", "30")
    shard("venues", "30")
    pending("concerts", "10")
    pending("concerts", "20")
    const [first] = [...world.items.values()].filter(({ pk }) => pk.startsWith("pending"))
    Object.assign(first!, { writtenAt: 1_000, announcedAt: 9_000 })
    const { shards } = await withClock({ now: () => 10_000 }, progress)
    expect(shards.map(({ stream, behindMs }) => [stream, behindMs])).toEqual([
      ["concerts", 9_000],
      ["venues", 0],
    ])
  })

  it("is empty before the first record", async () => {
    expect((await progress()).shards).toEqual([])
  })

  it("never claims more than was consumed, nor an object that is pending", () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 56n), fc.option(fc.bigInt(1n, 10n ** 56n), { nil: undefined }), (consumed, first) => {
        const loaded = BigInt(loadedOf(String(consumed), first === undefined ? undefined : String(first)))
        expect(loaded <= consumed).toBe(true)
        if (first !== undefined) expect(loaded < first).toBe(true)
      }),
    )
  })
})
