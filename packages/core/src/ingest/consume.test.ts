import * as fc from "fast-check"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { withClock } from "../clock.ts"
import { SAMPLES } from "../event/samples.ts"
import { consume } from "./consume.ts"
import type { Batch } from "./record.ts"
import { Died, World } from "./testing/cloud.ts"

let world: World
vi.mock("../aws.ts", () => ({
  s3: () => world.s3,
  sqs: () => world.sqs,
  dynamo: () => world.dynamo,
}))
vi.mock("../sdk.ts", () => ({ kinesis: () => world.kinesis }))

const STREAM = "concerts"
const FIRST = 49_600_000_000_000_000_000_000n
const concertEvents = SAMPLES.filter(({ type }) => !/^(artist|venue)/.test(type))

const record = (index: number, body: unknown) => ({
  sequence: String(FIRST + BigInt(index) * 7n),
  arrivedAt: 1_790_000_000_000 + index,
  bytes: Buffer.isBuffer(body) ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
})
const batch = (bodies: unknown[], from = 0): Batch => ({
  stream: STREAM,
  shard: "shardId-000000000000",
  records: bodies.map((body, index) => record(from + index, body)),
})
/** Consumes at a fixed time, so that two worlds can be compared. */
const run = (input: Batch) => withClock({ now: () => 1_790_000_009_000 }, () => consume(input))
const state = (of: World) => ({ objects: [...of.objects].sort(), items: [...of.items].sort() })

beforeEach(() => {
  world = new World()
  vi.stubEnv("CONCERT_STREAM", STREAM)
  vi.stubEnv("ARTIST_STREAM", "artists")
  vi.stubEnv("VENUE_STREAM", "venues")
  vi.stubEnv("LAKE_BUCKET", "lake")
  vi.stubEnv("INGEST_TABLE", "ingest")
  vi.stubEnv("LOAD_QUEUE_URL", "http://127.0.0.1/queue")
})

describe("a batch of a shard", () => {
  it("becomes one object per table, pending rows, progress and messages", async () => {
    await run(batch(concertEvents))
    const last = String(FIRST + BigInt(concertEvents.length - 1) * 7n)
    expect([...world.objects.keys()].map((key) => key.split("/")[2])).toEqual([
      "topic=concert",
      "topic=cancellation",
      "topic=ticket",
      "topic=work",
      "topic=soloist",
      "topic=price",
      "topic=view",
    ])
    expect([...world.objects.keys()][0]).toBe(
      `events/v=1/topic=concert/dt=2026-09-21/hr=14/shardId-000000000000-${FIRST}-${last}.parquet`,
    )
    expect(world.progress()).toMatchObject({ consumed: last, counts: { "ticket.sold": 1, "work.performed": 1 }, quarantined: 0 })
    expect(world.progress()?.recent.map(({ id }: any) => id)).toEqual(["e11", "e10", "e9", "e8", "e7"])
    expect(world.pending()).toMatchObject(world.messages)
    expect(world.messages.map(({ table, rows }) => [table, rows])).toEqual([
      ["concert", 1],
      ["cancellation", 1],
      ["ticket", 4],
      ["work", 1],
      ["soloist", 2],
      ["price", 1],
      ["view", 1],
    ])
  })

  it("gives the same bytes under the same keys whenever it is written", async () => {
    await run(batch([...concertEvents, "broken"]))
    const first = world
    world = new World()
    await run(batch([...concertEvents, "broken"]))
    expect(state(world)).toEqual(state(first))
  })

  it("that dies at any step is replayed without losing, doubling or leaving anything unannounced", async () => {
    const input = batch([SAMPLES[3], SAMPLES[5], "broken", SAMPLES[0]])
    await run(input)
    const clean = world
    const places = clean.steps.flatMap((_, at) => [false, true].map((after) => ({ at, after })))
    expect(places.length).toBeGreaterThan(10)
    for (const die of places) {
      world = new World()
      world.die = die
      const error = await run(input).catch((thrown: unknown) => thrown)
      expect(error instanceof Died || (error as Error).cause instanceof Died).toBe(true)
      world.die = undefined
      await run(input)
      expect(state(world)).toEqual(state(clean))
      expect(new Set(world.messages.map(({ key }) => key))).toEqual(new Set(clean.messages.map(({ key }) => key)))
    }
  })

  it("delivered again in other pieces counts every record once", async () => {
    const plan = fc.array(fc.tuple(fc.nat(39), fc.integer({ min: 1, max: 40 }), fc.boolean(), fc.nat(12)), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(plan, async (pieces) => {
        world = new World()
        const bodies = Array.from({ length: 40 }, (_, index) => ({ ...SAMPLES[5], id: `s${index}` }))
        let reached = 0
        for (const [start, length, after, at] of pieces) {
          // A shard is read in order: a piece may start over, it never starts beyond what was read.
          const from = Math.min(start, reached)
          world.die = { at: world.steps.length + at, after }
          const died = await run(batch(bodies.slice(from, from + length), from)).then(
            () => false,
            () => true,
          )
          world.die = undefined
          if (!died) reached = Math.max(reached, Math.min(40, from + length))
        }
        await run(batch(bodies.slice(reached === 40 ? 39 : reached), reached === 40 ? 39 : reached))
        await run(batch(bodies))
        expect(world.progress()?.counts).toEqual({ "ticket.sold": 40 })
        const rows = new Map(world.pending().map(({ key, rows }) => [key, rows]))
        expect([...rows.values()].reduce((sum, count) => sum + count, 0)).toBe(40)
        expect(new Set(world.messages.map(({ key }) => key))).toEqual(new Set(rows.keys()))
      }),
      { numRuns: 25 },
    )
  })

  it("keeps bad records in quarantine with their place and bytes, and applies their neighbours", async () => {
    const invalid = Buffer.from([0xff, 0xfe, 0x00])
    await run(
      batch([
        concertEvents[0],
        "not json",
        invalid,
        { ...concertEvents[1], type: "x" },
        SAMPLES[0],
        "x".repeat(70_000),
        concertEvents[2],
      ]),
    )
    const refused = world.quarantined()
    expect(refused.map(({ reason }) => reason.split(":")[0])).toEqual([
      "input.json",
      "input.json",
      "input.type",
      "input.stream",
      "input.size",
    ])
    expect(refused[1]).toMatchObject({
      shard: "shardId-000000000000",
      sequence: String(FIRST + 14n),
      bytes: invalid.toString("base64"),
    })
    expect(world.progress()).toMatchObject({ quarantined: 5, counts: { "concert.upserted": 1, "ticket.listed": 1 } })
    expect(world.messages.map(({ table }) => table)).toEqual(["concert", "ticket"])
  })

  it("of nothing but bad records moves the shard on and leaves nothing pending", async () => {
    await run(batch(["{", "["]))
    expect(world.pending()).toEqual([])
    expect(world.progress()).toMatchObject({ consumed: String(FIRST + 7n), quarantined: 2 })
  })

  it("has exactly the refused messages sent again", async () => {
    world.failSend = (request) => (request === 1 ? [1, 3] : [])
    await run(batch(concertEvents))
    expect(world.messages.map(({ table }) => table)).toEqual([
      "concert",
      "ticket",
      "soloist",
      "price",
      "view",
      "cancellation",
      "work",
    ])
  })

  it("is delivered again when the queue keeps refusing", async () => {
    world.failSend = () => [0]
    await expect(run(batch(concertEvents))).rejects.toMatchObject({ code: "unavailable.queue" })
    world.failSend = () => []
    await run(batch(concertEvents))
    expect(new Set(world.messages.map(({ key }) => key)).size).toBe(7)
  })

  it("is delivered again when another consumer moved the shard meanwhile", async () => {
    const stolen = new World()
    stolen.dynamo.send = ((original) => async (command: any) => {
      const answer = await original(command)
      if (command.constructor.name === "GetCommand")
        stolen.items.set("progress concerts#shardId-000000000000", { pk: "progress", sk: "x", consumed: "1" })
      return answer
    })(stolen.dynamo.send)
    world = stolen
    await expect(run(batch(concertEvents))).rejects.toMatchObject({ kind: "unavailable", code: "unavailable.ingest" })
    expect(world.messages).toEqual([])
  })
})
