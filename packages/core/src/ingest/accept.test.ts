import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import * as fc from "fast-check"
import { SAMPLES, strange } from "../event/samples.ts"
import { accept } from "./accept.ts"
import { World } from "./testing/cloud.ts"

let world: World
vi.mock("../aws.ts", () => ({ dynamo: () => world.dynamo }))
vi.mock("../sdk.ts", () => ({ kinesis: () => world.kinesis }))

const THROTTLE = "ProvisionedThroughputExceededException"
const sold = (id: string, concertId = "c1") => ({ ...SAMPLES[5], id, data: { ...SAMPLES[5]!.data, concertId } })
const idsOf = (stream: string) => (world.streams.get(stream) ?? []).map(({ text }) => JSON.parse(text).id)
/** Runs a request to its end without waiting for its pauses. */
async function request(events: unknown[]): Promise<any> {
  const answer = (async () => accept({ events } as any))().catch((error: unknown) => error)
  await vi.runAllTimersAsync()
  return answer
}

beforeEach(() => {
  world = new World()
  vi.stubEnv("CONCERT_STREAM", "concerts")
  vi.stubEnv("ARTIST_STREAM", "artists")
  vi.stubEnv("VENUE_STREAM", "venues")
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] })
})
afterEach(() => vi.useRealTimers())

describe("a request of events", () => {
  it("is written to the streams of its events under their keys", async () => {
    const answer = await request(SAMPLES)
    expect(answer).toMatchObject({ accepted: SAMPLES.length, rejected: [] })
    expect(world.streams.get("artists")?.map(({ key }) => key)).toEqual(["a1", "a1"])
    expect(world.streams.get("venues")?.map(({ key }) => key)).toEqual(["v1"])
    expect(idsOf("concerts")).toEqual(["e3", "e4", "e5", "e6", "e7", "e8", "e9", "e10", "e11"])
    expect(answer.positions.map(({ stream }: any) => stream).sort()).toEqual(["artists", "concerts", "venues"])
    const last = answer.positions.find(({ stream }: any) => stream === "concerts")
    expect(last).toMatchObject({ shard: "shardId-000000000000", sequence: expect.stringMatching(/^\d+$/) })
  })

  it("with good and bad items has the good ones accepted and the bad ones named", async () => {
    const answer = await request([sold("a"), { nonsense: true }, sold("b"), { ...sold("c"), at: 253_402_300_799_000 }, null])
    expect(answer.accepted).toBe(2)
    expect(answer.rejected.map(({ index, code }: any) => [index, code])).toEqual([
      [1, "input.type"],
      [3, "input.time"],
      [4, "input.event"],
    ])
    expect(idsOf("concerts")).toEqual(["a", "b"])
  })

  it("without a good item is refused with the index of each", async () => {
    const error = await request([
      { ...sold("a"), type: "x" },
      { ...sold("b"), type: "y" },
    ])
    expect(error).toMatchObject({ kind: "input", code: "input.type", details: [{ path: "events.0" }, { path: "events.1" }] })
  })

  it("of none or more than 500 events, or of something else, is refused", async () => {
    for (const events of [[], Array.from({ length: 501 }, () => sold("a")), "x", undefined])
      expect(await request(events as any)).toMatchObject({ kind: "input", code: "input.invalid" })
  })

  it("sends exactly the refused records again, as often as it takes", async () => {
    const refusals = new Map([
      ["b", 1],
      ["d", 3],
    ])
    world.refuse = (_, text) => {
      const { id } = JSON.parse(text)
      const left = refusals.get(id) ?? 0
      refusals.set(id, left - 1)
      return left > 0 ? THROTTLE : undefined
    }
    const answer = await request(["a", "b", "c", "d", "e"].map((id) => sold(id, id)))
    expect(answer).toMatchObject({ accepted: 5, rejected: [] })
    expect(world.puts.map(({ keys }) => keys)).toEqual([["a", "b", "c", "d", "e"], ["b", "d"], ["d"], ["d"]])
  })

  it("names what stays refused and accepts the rest", async () => {
    world.refuse = (_, text) => ({ a: THROTTLE, b: "InternalFailure" })[JSON.parse(text).id as string]
    const answer = await request(["a", "b", "c"].map((id) => sold(id)))
    expect(answer.accepted).toBe(1)
    expect(answer.rejected.map(({ index, code }: any) => [index, code])).toEqual([
      [0, "limit.rate"],
      [1, "unavailable.stream"],
    ])
    expect(world.puts.length).toBeLessThanOrEqual(8)
  })

  it("that gets nothing in answers with a delay, after eight seconds at most", async () => {
    world.refuse = () => THROTTLE
    const start = Date.now()
    expect(await request([sold("a")])).toMatchObject({ kind: "limit", code: "limit.rate", retryAfterMs: 2_000 })
    expect(Date.now() - start).toBeLessThanOrEqual(8_000)
    world.refuse = () => undefined
    world.failPut = () => "ResourceNotFoundException"
    expect(await request([sold("a")])).toMatchObject({ kind: "unavailable", code: "unavailable.stream", retryAfterMs: 2_000 })
  })

  it("survives a request that failed as a whole", async () => {
    world.failPut = (number) => (number === 1 ? "TimeoutError" : undefined)
    expect(await request([sold("a"), sold("b")])).toMatchObject({ accepted: 2 })
    expect(idsOf("concerts")).toEqual(["a", "b"])
  })

  it("keeps the order of a key, and of what is sent again", async () => {
    world.refuse = (number, text) => (number === 1 && Number(JSON.parse(text).id.slice(1)) >= 30 ? THROTTLE : undefined)
    await request(Array.from({ length: 60 }, (_, index) => sold(`s${index}`, `c${index % 3}`)))
    for (const key of ["c0", "c1", "c2"]) {
      const order = world.streams
        .get("concerts")!
        .filter((record) => record.key === key)
        .map(({ text }) => Number(JSON.parse(text).id.slice(1)))
      expect(order).toEqual([...order].sort((a, b) => a - b))
    }
  })

  it("is chunked below five megabytes", async () => {
    const name = "é".repeat(300)
    const soloists = Array.from({ length: 50 }, () => ({ name, instrument: name }))
    const events = Array.from({ length: 120 }, (_, index) => ({
      ...SAMPLES[8],
      id: `w${index}`,
      data: { ...SAMPLES[8]!.data, soloists },
    }))
    expect(await request(events)).toMatchObject({ accepted: 120 })
    expect(world.puts.length).toBe(2)
  })

  it("refuses a valid event that is larger than 64 KB", async () => {
    const name = "é".repeat(300)
    const soloists = Array.from({ length: 200 }, () => ({ name }))
    const answer = await request([sold("a"), { ...SAMPLES[8], data: { ...SAMPLES[8]!.data, soloists } }])
    expect(answer.rejected).toMatchObject([{ index: 1, code: "input.size" }])
  })

  it("of 500 bad bodies is answered item by item, never with a fault", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(strange(), fc.anything()), { minLength: 1, maxLength: 25 }), async (events) => {
        const answer = await request(events)
        if (answer instanceof Error) expect(answer).toMatchObject({ kind: "input", code: expect.stringMatching(/^input\./) })
        else expect(answer.accepted + answer.rejected.length).toBe(events.length)
      }),
      { numRuns: 25 },
    )
  })
})
