import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb"
import { withActor } from "@backline/core/actor"
import { consume } from "@backline/core/ingest"
import * as Quarantine from "@backline/core/quarantine"
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest"
import { startEngine } from "../../cloud/src/services/dynamodb/engine.ts"
import { handler as keepFailed } from "../src/queues/keep-failed.ts"
import { World } from "../../core/src/ingest/testing/cloud.ts"

/* A stream and a bucket in memory, and the real engine of tables. */
let world = new World()
let reads = 0
vi.mock("../../core/src/aws.ts", async (original) => ({
  ...(await original<object>()),
  sqs: () => world.sqs,
  s3: () => ({
    send: async (command: any) => {
      if (command.input.Body) return world.s3.send(command)
      reads++
      return { Body: { transformToByteArray: async () => new Uint8Array(world.objects.get(command.input.Key)!) } }
    },
  }),
}))
/** What a shard still has, oldest first; a read gives two records at most, and every other read none. */
let shard: { SequenceNumber: string; Data: Uint8Array; ApproximateArrivalTimestamp: Date }[] = []
const reader = async ({ constructor, input }: any) => {
  if (constructor.name === "GetShardIteratorCommand") return { ShardIterator: `0 ${input.StartingSequenceNumber}` }
  const [count, from] = input.ShardIterator.split(" ")
  const left = shard.filter(({ SequenceNumber }) => BigInt(SequenceNumber) >= BigInt(from))
  const Records = Number(count) % 2 === 0 ? [] : left.slice(0, 2)
  const next = Records.length > 0 ? BigInt(Records.at(-1)!.SequenceNumber) + 1n : from
  return { Records, MillisBehindLatest: left.length - Records.length, NextShardIterator: `${Number(count) + 1} ${next}` }
}
vi.mock("../../core/src/sdk.ts", () => ({
  kinesis: () => ({
    send: (command: any) => (command.constructor.name === "PutRecordsCommand" ? world.kinesis.send(command) : reader(command)),
  }),
}))
vi.spyOn(console, "log").mockImplementation(() => {})

let engine: Awaited<ReturnType<typeof startEngine>>
beforeAll(async () => {
  engine = await startEngine(undefined)
  Object.assign(process.env, {
    CONCERT_STREAM: "concerts",
    ARTIST_STREAM: "artists",
    VENUE_STREAM: "venues",
    LAKE_BUCKET: "lake",
    LOAD_QUEUE_URL: "http://127.0.0.1/queue",
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_DYNAMODB: engine.url,
  })
})
afterAll(() => engine?.stop())

let tables = 0
beforeEach(async () => {
  world = new World()
  reads = 0
  const TableName = `ingest${++tables}`
  process.env.INGEST_TABLE = TableName
  await new DynamoDBClient({}).send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
    }),
  )
})

const venue = (id: string, name?: string) => ({ id, type: "venue.upserted", at: 1, v: 1, data: { venueId: id, name } })
let sequence = 0
/** One batch of the stream of venues, a minute after the last. */
const arrives = (...bodies: unknown[]) =>
  consume({
    stream: "venues",
    shard: "shardId-000000000000",
    records: bodies.map((body) => ({
      sequence: String(++sequence),
      arrivedAt: Date.now() - 1_000_000 + sequence * 60,
      bytes: Buffer.isBuffer(body) ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
    })),
  })
const as = <T>(run: () => T, userId = "ada") => withActor({ type: "user", userId, role: "editor" }, run)
const sent = () => (world.streams.get("venues") ?? []).map(({ text }) => JSON.parse(text).id as string)
async function all(query: { state?: "open" | "all"; limit?: number } = {}): Promise<Quarantine.Info[]> {
  const items: Quarantine.Info[] = []
  for (let cursor: string | undefined, pages = 0; pages < 50; pages++) {
    const page = await Quarantine.list({ ...query, cursor })
    items.push(...page.items)
    if (!page.next) return items
    cursor = page.next
  }
  throw new Error("The pages have no end.")
}
const caught = (promise: Promise<unknown>) => promise.then(() => undefined).catch((error: any) => error)

it("lists what was refused, newest batch first, each record once over all pages, with its bytes and the reason", async () => {
  await arrives("{ not json", venue("good", "Hall"), venue("nameless"))
  await arrives(Buffer.from([0xff, 0x00, 0x10]))
  const items = await all({ limit: 1 })
  expect(items.map(({ reason, text, base64, state, size }) => ({ reason, text, base64, state, size }))).toEqual([
    { reason: "input.json: The record is not UTF-8.", text: undefined, base64: "/wAQ", state: "open", size: 3 },
    { reason: "input.json: The record is not JSON.", text: "{ not json", base64: undefined, state: "open", size: 10 },
    expect.objectContaining({ reason: expect.stringContaining("data.name"), text: expect.stringContaining("nameless") }),
  ])
  expect(await all()).toEqual(items)
  expect(new Set(items.map(({ id }) => id)).size).toBe(3)
  const detail = await Quarantine.get({ id: items[2]!.id })
  expect(detail.problem).toMatchObject({ code: "input.event", path: "data.name" })
})

it("shows a long record in part in the list and whole by itself", async () => {
  await arrives(`"${"ü".repeat(5_000)}"`)
  const [item] = await all()
  expect([item!.cut, item!.size, item!.text!.length]).toEqual([true, 10_002, 1_024])
  expect(await Quarantine.get({ id: item!.id })).toMatchObject({ size: 10_002, text: `"${"ü".repeat(5_000)}"` })
})

it("refuses a mended event that is still wrong with its path, and leaves the record open", async () => {
  await arrives(venue("v1"))
  const [{ id } = { id: "" }] = await all()
  const error = await caught(as(() => Quarantine.resubmit({ id, event: venue("v1", "") })))
  expect(error).toMatchObject({ kind: "input", code: "input.event", details: [{ path: "data.name" }] })
  expect(await all()).toMatchObject([{ id, state: "open" }])
  expect(sent()).toEqual([])
})

it("sends a mended event once, however often it is resubmitted, and says who did it and where it lies", async () => {
  await arrives(venue("v1"))
  const [{ id } = { id: "" }] = await all()
  const first = await as(() => Quarantine.resubmit({ id, event: venue("v1", "Hall") }))
  expect(first).toMatchObject({ id, state: "resubmitted", eventId: "v1", by: "ada" })
  expect(first.position).toMatchObject({ stream: "venues", sequence: expect.stringMatching(/^\d+$/) })
  expect(await as(() => Quarantine.resubmit({ id, event: venue("v1", "Hall") }), "bob")).toEqual(first)
  expect(sent()).toEqual(["v1"])
  const other = await caught(as(() => Quarantine.resubmit({ id, event: venue("v2", "Hall") })))
  expect(other).toMatchObject({ code: "conflict.quarantine" })
  expect(await all()).toEqual([])
  expect(await all({ state: "all" })).toEqual([first])
})

it("lets one of two people win who mend a record at once", async () => {
  await arrives(venue("v1"), venue("v2"), venue("v3"), venue("v4"))
  const items = await all()
  const answers = await Promise.all(
    items.flatMap(({ id }, index) =>
      ["ada", "bob"].map((who) =>
        as(() => Quarantine.resubmit({ id, event: venue(`${who}-${index}`, "Hall") }), who).catch((error: any) => error.code),
      ),
    ),
  )
  expect(answers.filter((answer) => answer === "conflict.quarantine")).toHaveLength(4)
  expect(
    sent()
      .map((id) => id.slice(4))
      .sort(),
  ).toEqual(["0", "1", "2", "3"])
  expect(await all()).toEqual([])
})

it("keeps a record open whose event may not have been taken, until the same is sent again", async () => {
  await arrives(venue("v1"))
  const [{ id } = { id: "" }] = await all()
  world.failPut = () => "AccessDeniedException"
  expect(await caught(as(() => Quarantine.resubmit({ id, event: venue("v1", "Hall") })))).toMatchObject({
    code: "internal.denied",
  })
  world.failPut = () => undefined
  expect(await all()).toMatchObject([{ id, state: "resubmitting", eventId: "v1" }])
  const other = await caught(as(() => Quarantine.resubmit({ id, event: venue("v9", "Hall") })))
  expect(other).toMatchObject({ code: "conflict.quarantine", message: expect.stringContaining("v1") })
  expect(await caught(as(() => Quarantine.discard({ id })))).toMatchObject({ code: "conflict.quarantine" })
  expect(await as(() => Quarantine.resubmit({ id, event: venue("v1", "Hall") }))).toMatchObject({ state: "resubmitted" })
  expect(sent()).toEqual(["v1"])
  expect(await all()).toEqual([])
})

it("sends a record as it is that only lay in the wrong stream", async () => {
  await arrives({ id: "a1", type: "artist.upserted", at: 1, v: 1, data: { artistId: "a1", name: "Trio" } })
  const [item] = await all()
  expect(item!.reason).toMatch(/^input.stream/)
  expect((await Quarantine.get({ id: item!.id })).problem).toBeNull()
  await as(() => Quarantine.resubmit({ id: item!.id }))
  expect(world.streams.get("artists")).toHaveLength(1)
})

it("discards once, and then neither lists nor sends nor reads it", async () => {
  await arrives("nonsense")
  const [{ id } = { id: "" }] = await all()
  const discarded = await as(() => Quarantine.discard({ id }))
  expect(discarded).toMatchObject({ state: "discarded", by: "ada" })
  expect(await as(() => Quarantine.discard({ id }), "bob")).toEqual(discarded)
  expect(await caught(as(() => Quarantine.resubmit({ id, event: venue("v", "Hall") })))).toMatchObject({
    code: "conflict.quarantine",
  })
  const before = reads
  expect(await all()).toEqual([])
  expect(reads).toBe(before)
})

it("knows no record by a wrong name, and no foreign cursor", async () => {
  await arrives("nonsense")
  const [{ id } = { id: "" }] = await all()
  for (const wrong of ["", "x", `${id}9`, id.replace(/^\d/, "9"), "1-000000000000-0"])
    expect(await caught(Quarantine.get({ id: wrong }))).toMatchObject({ code: "missing.quarantined" })
  expect(await caught((async () => Quarantine.list({ cursor: "zzz" }))())).toMatchObject({ code: "input.cursor" })
})

it("tells of each refused record once when a consumer dies after any step and the batch comes again", async () => {
  const steps = 3
  for (let at = 0; at < steps; at++)
    for (const after of [false, true]) {
      const records = [venue(`x${at}${after}`), venue("good", "Hall")]
      const from = sequence
      world.die = { at: world.steps.length + at, after }
      await caught(arrives(...records))
      world.die = undefined
      sequence = from
      await arrives(...records)
    }
  expect(await all({ limit: 100 })).toHaveLength(steps * 2)
})

const failure = (first: string, last: string) => ({
  requestContext: { condition: "RetryAttemptsExhausted", requestId: "r" },
  version: "1.0",
  KinesisBatchInfo: {
    shardId: "shardId-000000000000",
    startSequenceNumber: first,
    endSequenceNumber: last,
    approximateArrivalOfFirstRecord: "2026-01-01T00:00:00Z",
    batchSize: 3,
    streamArn: "arn:aws:kinesis:eu-west-1:000000000000:stream/venues",
  },
})
const message = (body: unknown) => ({ Records: [{ messageId: "m1", body: JSON.stringify(body) }] }) as any
const inShard = (...sequences: string[]) =>
  sequences.map((SequenceNumber) => ({
    SequenceNumber,
    Data: Buffer.from(JSON.stringify(venue(`v${SequenceNumber}`, "Hall"))),
    ApproximateArrivalTimestamp: new Date(Date.now() - 60_000),
  }))

it("takes exactly the batch that the consumer was given up with, once, and sends it as it is", async () => {
  shard = inShard("10", "11", "12", "13", "14")
  expect(await keepFailed(message(failure("11", "13")))).toEqual({ batchItemFailures: [] })
  const items = await all()
  expect(items.map(({ sequence, state }) => [sequence, state])).toEqual([
    ["11", "open"],
    ["12", "open"],
    ["13", "open"],
  ])
  expect(items[0]!.reason).toMatch(/^internal\.consumer: /)
  for (const { id } of items) {
    expect((await Quarantine.get({ id })).problem).toBeNull()
    await as(() => Quarantine.resubmit({ id }))
  }
  // The message comes again: what people did stays done.
  await keepFailed(message(failure("11", "13")))
  expect(await all()).toEqual([])
  expect(sent()).toEqual(["v11", "v12", "v13"])
})

it("keeps the message of a batch that the stream has forgotten, and one that cannot be read", async () => {
  shard = inShard("20")
  for (const body of [failure("11", "13"), { nonsense: true }])
    expect(await keepFailed(message(body))).toEqual({ batchItemFailures: [{ itemIdentifier: "m1" }] })
  expect(await all()).toEqual([])
})
