import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { dynamo } from "../src/aws.ts"
import * as Connection from "../src/connection/index.ts"
import { BatchWriteCommand } from "../src/dynamo/index.ts"
import * as FanOut from "../src/fan-out/index.ts"
import { bucketAt, CAPACITY, shardsOf } from "../src/roster/bucket.ts"
import * as Roster from "../src/roster/index.ts"
import { startDocuments } from "./document/world.ts"

let world: Awaited<ReturnType<typeof startDocuments>>
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  world = await startDocuments()
})
afterAll(() => world.stop())

const memberOf = (n: number) => ({ userId: `person-${n}-with-a-cognito-sub-of-36-c`, connectionId: `connection-${n}=` })

/** The buckets that so many joins one after the other make: a join goes to the deepest level, and one that finds its bucket full opens the next. */
function grown(members: number) {
  const buckets = new Map<number, string[]>()
  let level = 0
  for (let n = 0; n < members; n++) {
    const { userId, connectionId } = memberOf(n)
    if (level === 0 && (buckets.get(1)?.length ?? 0) >= CAPACITY) level = 1
    const at = bucketAt(level, userId)
    const entries = buckets.get(at) ?? []
    if (level > 0 && entries.length >= CAPACITY) level += 1
    buckets.set(at, [...entries, `${connectionId} ${userId}`])
  }
  return { buckets, depth: level }
}

/** A roster of any size in a moment, as `grown` says. */
async function write(topic: string, members: number): Promise<number> {
  const { buckets, depth } = grown(members)
  const ttl = Math.ceil(Date.now() / 1000) + 3_600
  const items = [...buckets].map(([number, entries]) => ({
    pk: `topic#${topic}`,
    sk: `roster#${String(number).padStart(8, "0")}`,
    entries: new Set(entries),
    ttl,
    ...(number === 1 && { version: members, level: depth, depth }),
  }))
  for (let n = 0; n < items.length; n += 25) {
    /** One key takes 1,000 units a second, so some come back. */
    for (let left: any = { connections: items.slice(n, n + 25).map((Item) => ({ PutRequest: { Item } })) }; left.connections;) {
      const { UnprocessedItems } = await dynamo().send(new BatchWriteCommand({ RequestItems: left }))
      left = UnprocessedItems ?? {}
      if (left.connections) await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  return depth
}

/** Delivers what waits in the queue as its event source does: ten at most together. */
async function deliverAll(): Promise<number> {
  const QueueUrl = process.env.FAN_OUT_QUEUE_URL
  const queue = new SQSClient({})
  for (let delivered = 0; ;) {
    const { Messages = [] } = await queue.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    if (Messages.length === 0) return delivered
    await FanOut.deliverBatch(Messages.map(({ Body }) => JSON.parse(Body!)))
    const Entries = Messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }))
    await queue.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
    delivered += Messages.length
  }
}

async function broadcast(topic: string) {
  const since = world.now()
  world.posted.length = 0
  const frame = { type: "message", text: "Doors at eight, sound check at five. Bring the long cable." }
  await FanOut.publish({ topic, frame })
  const queued = await deliverAll()
  const table = world.calls(since)
  const units = (unit: string) => table.reduce((sum, call) => sum + (call.units[unit] ?? 0), 0)
  return {
    calls: table.map(({ operation }) => operation),
    RRU: units("RRU"),
    WRU: units("WRU"),
    sends: world.calls(since, "sqs").filter(({ operation }) => operation === "SendMessageBatch").length,
    queued,
    readers: new Set(world.posted.map(({ connectionId }) => connectionId)).size,
  }
}

test("a roster that is written for these figures has the shape that joins make", async () => {
  for (let n = 0; n < 100; n++) await Roster.join({ topic: "joined", ...memberOf(n) })
  const written = await write("written", 100)
  expect((await Roster.head("joined")).depth).toBe(written)
  const ids = async (topic: string) => (await Roster.present({ topic })).map(({ userId }) => userId).sort()
  expect(await ids("written")).toEqual(await ids("joined"))
})

const SIZES = [10, 100, 1_000, 10_000]
const figures: string[] = []
test.each(SIZES)(
  "a broadcast to %i reads the roster once, then one unit whatever its size, and writes nothing",
  async (members) => {
    const topic = `rom_${members}`
    const depth = await write(topic, members)
    const first = await broadcast(topic)
    // A post that a loaded machine answers late is made again; who hears the frame is what counts.
    expect([first.WRU, first.readers]).toEqual([0, members])
    const shards = depth > 2 ? shardsOf(depth) : 0
    expect([first.queued, first.sends]).toEqual([shards, Math.ceil(shards / 10)])
    /** The head, then every shard: what it weighs, in units of 4 KB, each query rounded up. */
    expect(first.RRU).toBeLessThanOrEqual(2 + Math.max(1, shards) + (members * 75) / 4_096)
    const next = await broadcast(topic)
    expect(next).toMatchObject({ calls: ["GetItem"], RRU: 1, WRU: 0, readers: members, queued: shards })
    figures.push(
      `${members}: first ${first.calls.length} calls ${first.RRU} RRU, then ${next.calls.length} call ${next.RRU} RRU; 0 WRU, ${first.sends} sends of ${shards} queue messages, ${next.readers} readers`,
    )
  },
)

test("the figures of broadcasts by members", async () => {
  vi.mocked(console.log).mockRestore()
  console.log(["DynamoDB and SQS of a broadcast to so many:", ...figures].join("\n  "))
  expect(figures).toHaveLength(SIZES.length)
})

test("a connection is opened, joined to a room of any size and closed for the same", async () => {
  const cost = async (run: () => Promise<unknown>) => {
    const since = world.now()
    await run()
    return world
      .calls(since)
      .reduce((sum, { units }) => [sum[0]! + 1, sum[1]! + (units.RRU ?? 0), sum[2]! + (units.WRU ?? 0)], [0, 0, 0])
  }
  const lines: Record<string, number[]> = {}
  for (const members of SIZES.slice(1)) {
    const ref = memberOf(1_000_000 + members)
    /** What a function learns of a topic's depth it knows from then on. */
    await Roster.join({ topic: `rom_${members}`, ...memberOf(2_000_000 + members) })
    const open = await cost(() => Connection.create({ ...ref, role: "member", expiresAt: Date.now() + 60_000 }))
    const join = await cost(() => Roster.join({ topic: `rom_${members}`, ...ref }))
    const close = await cost(() => Connection.remove(ref))
    lines[members] = [...open, ...join, ...close]
    expect(open).toEqual([1, 0, 1])
  }
  console.log("calls, RRU, WRU of opening, joining and closing by members:", JSON.stringify(lines))
  for (const [, , , joinCalls, joinRru, joinWru, closeCalls, closeRru, closeWru] of Object.values(lines)) {
    expect(joinCalls).toBeLessThanOrEqual(4)
    expect(joinRru).toBeLessThanOrEqual(12)
    expect(joinWru).toBeLessThanOrEqual(6)
    expect(closeCalls).toBeLessThanOrEqual(8)
    expect(closeRru).toBeLessThanOrEqual(24)
    expect(closeWru).toBeLessThanOrEqual(6)
  }
})
