import { connect } from "node:net"
import { afterAll, afterEach, beforeAll, expect, test } from "vitest"
import { spanOf } from "../src/invocations.ts"
import { kinesis, Streams } from "../src/services/kinesis/index.ts"
import type { Service } from "../src/service.ts"
import { controlCloud, willing } from "./support/control-cloud.ts"

const streams = new Streams()
const arn = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`
let moved: any
const queueType = {
  simulated: ["QueueName", "RedrivePolicy"],
  identify: (resource: { property(name: string): any }) => {
    const name = String(resource.property("QueueName"))
    return { ref: `http://queues/${name}`, arn: arn(name), attributes: { QueueName: name } }
  },
}
const queuesEngine: Service = {
  ...willing("sqs"),
  types: { "AWS::SQS::Queue": queueType },
  async handle(request) {
    moved = request.json
    if (request.json.SourceArn.endsWith(":work"))
      return {
        status: 400,
        headers: { "content-type": "application/json" },
        body: '{"message":"Source queue must be configured as a Dead Letter Queue."}',
      }
    return { status: 200, headers: { "content-type": "application/json" }, body: '{"TaskHandle":"handle"}' }
  },
  state: () => [
    { name: "work", visible: 3, inFlight: 1, delayed: 0 },
    { name: "dead", visible: 2, inFlight: 0, delayed: 0 },
  ],
}
const functionsEngine: Service = {
  ...willing("lambda"),
  state: () => ({
    sources: [
      {
        function: "consumer",
        source: "arn:aws:kinesis:us-east-1:123456789012:stream/test-events",
        state: [{ shard: "shardId-000000000000", position: 1, end: 3 }],
      },
      { function: "worker", source: arn("work"), state: { underWay: 0 } },
    ],
  }),
}
let ahead = 0
let world: Awaited<ReturnType<typeof controlCloud>>

beforeAll(async () => {
  world = await controlCloud(
    {
      services: [kinesis(streams), willing("dynamodb"), queuesEngine, functionsEngine],
      functions: { reader: [{ Effect: "Allow", Action: "dynamodb:*", Resource: "*" }], nobody: [] },
      resources: {
        events: { type: "AWS::Kinesis::Stream", properties: { ShardCount: 1 } },
        work: {
          type: "AWS::SQS::Queue",
          properties: { QueueName: "work", RedrivePolicy: { deadLetterTargetArn: arn("dead"), maxReceiveCount: 3 } },
        },
        dead: { type: "AWS::SQS::Queue", properties: { QueueName: "dead" } },
      },
      now: () => Date.now() + ahead,
    },
    { streams },
  )
})
afterAll(() => world.stop())
afterEach(() => (ahead = 0))

const ask = (as?: string) => world.cloud.call({ service: "dynamodb", target: "DynamoDB_20120810.GetItem", body: {}, as })

test("calls are filtered by function, service, decision and request, and begin after a position", async () => {
  await ask("reader")
  await ask("nobody")
  await ask()
  const items = async (query: string) => (await world.local("GET", `calls?${query}`)).body.items
  expect((await items("function=read")).map(({ caller }: any) => caller)).toEqual(["reader"])
  const [denied] = await items("decision=implicitDeny")
  expect(denied).toMatchObject({
    function: "nobody",
    action: "dynamodb:Any",
    resource: expect.stringContaining("thing/one"),
    attempt: 1,
    priceMicroUsd: 0,
  })
  expect(await items(`requestId=${denied.requestId}`)).toEqual([denied])
  expect(await items(`service=dynamodb&since=${denied.n}`)).toHaveLength(1)
  expect(await items("service=dynamodb&limit=2")).toHaveLength(2)
  for (const bad of ["since=-1", "limit=0", "limit=5001", "decision=maybe", "sinse=3"])
    expect([bad, (await world.local("GET", `calls?${bad}`)).status]).toEqual([bad, 400])
})

/** Reads a stream of events until `enough` of them came. */
async function follow(path: string, enough: number): Promise<any[]> {
  const response = await fetch(`${world.awsUrl}/_local/${path}`)
  expect(response.headers.get("content-type")).toBe("text/event-stream")
  const seen: any[] = []
  let text = ""
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (seen.length === 0 && text.includes(": following")) void ask("reader")
    const parts = text.split("\n\n")
    text = parts.pop()!
    for (const part of parts) {
      const data = /^data: (.*)$/m.exec(part)?.[1]
      if (data) seen.push(JSON.parse(data))
    }
    if (seen.length >= enough) break
  }
  return seen
}

test("a tail sends every call as it is logged, filtered alike, also those after a position", async () => {
  expect(await follow("calls/tail?function=reader", 1)).toMatchObject([{ function: "reader", service: "dynamodb" }])
  const last = world.calls.since(0).at(-1)!.n
  await ask()
  expect(await follow(`calls/tail?since=${last}&function=reader`, 1)).toHaveLength(1)
})

test("a reader who stops reading is cut, and the cloud goes on", async () => {
  const { port } = new URL(world.awsUrl)
  const socket = connect(Number(port), "127.0.0.1")
  const closed = new Promise<string>((resolve) => {
    socket.once("error", ({ message }) => resolve(message))
    socket.once("close", () => resolve("closed"))
  })
  socket.write(`GET /_local/calls/tail HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`)
  await new Promise((resolve) => socket.once("data", resolve))
  socket.pause()
  const call = { at: 0, caller: "x".repeat(1_000), service: "s", operation: "o", access: [], decision: "allow" as const }
  for (let n = 0; n < 30_000; n++) {
    world.calls.add({ ...call, status: 200, attempt: 1, ms: 1, units: {}, requestId: "r" })
    if (n % 500 === 0) await new Promise(setImmediate)
  }
  socket.resume()
  expect(await closed).toMatch(/ECONNRESET|closed/)
  expect((await ask()).status).toBe(200)
})

test("the clock goes forward by milliseconds or to a time, and never back", async () => {
  const before = (await world.local("GET", "clock")).body.now
  expect((await world.local("POST", "clock", { advanceMs: 60_000 })).status).toBe(200)
  expect(world.cloud.clock.now() - before).toBeGreaterThanOrEqual(60_000)
  const back = await world.local("POST", "clock", { set: before - 3_600_000 })
  expect([back.status, back.body.message]).toEqual([400, expect.stringContaining("only goes forward")])
  for (const body of [{}, { advanceMs: -1 }, { advanceMs: 1.5 }, { advanceMs: 1, set: 2 }, { advanceMs: 1e15 }, { to: 5 }])
    expect([body, (await world.local("POST", "clock", body)).status]).toEqual([body, 400])
})

test("queues say what waits in them and whose failures they hold, and a dead-letter queue is redriven", async () => {
  const { items } = (await world.local("GET", "queues")).body
  expect(items).toMatchObject([
    { name: "work", visible: 3, inFlight: 1, deadLetterQueue: "dead", failuresOf: [] },
    { name: "dead", visible: 2, failuresOf: ["work"] },
  ])
  expect(await world.local("POST", "queues/dead/redrive", {})).toEqual({ status: 202, body: { taskHandle: "handle" } })
  expect(moved).toEqual({ SourceArn: arn("dead") })
  await world.local("POST", "queues/dead/redrive", { to: "work", perSecond: 10 })
  expect(moved).toEqual({ SourceArn: arn("dead"), DestinationArn: arn("work"), MaxNumberOfMessagesPerSecond: 10 })
  expect((await world.local("POST", "queues/none/redrive", {})).body.code).toBe("missing.queue")
  expect(await world.local("POST", "queues/work/redrive", {})).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining("Dead Letter Queue") },
  })
})

test("streams say how far each reader is behind", async () => {
  const put = (n: number) =>
    world.cloud.call({
      service: "kinesis",
      target: "Kinesis_20131202.PutRecord",
      body: { StreamName: "test-events", PartitionKey: "k", Data: Buffer.from(`${n}`).toString("base64") },
    })
  for (let n = 0; n < 3; n++) await put(n)
  ahead = 5_000
  const [stream] = (await world.local("GET", "streams")).body.items
  expect(stream.shards).toMatchObject([{ shard: "shardId-000000000000", next: 3, closed: false }])
  const [consumer] = stream.consumers
  expect(consumer).toMatchObject({ function: "consumer", shards: [{ position: 1, behind: 2 }] })
  expect(consumer.iteratorAgeMs).toBeGreaterThanOrEqual(5_000)
  expect(consumer.iteratorAgeMs).toBeLessThan(6_000)
})

test("the price is the sum of what was used, for all or for one invocation, and says what an idle hour costs", async () => {
  const { body: before } = await world.local("GET", "price")
  expect(before).toMatchObject({ region: "us-east-1", complete: true, idlePerHour: { microUsd: 15_000 } })
  const at = world.cloud.now()
  world.calls.invocations.begin("0f4b3c2e-1d5a-4e6f-8a7b-9c0d1e2f3a4b", { name: "reader" }, "3")
  world.calls.add({
    at,
    caller: "reader",
    function: "reader",
    span: spanOf("0f4b3c2e-1d5a-4e6f-8a7b-9c0d1e2f3a4b"),
    service: "dynamodb",
    operation: "PutItem",
    access: [],
    decision: "allow",
    status: 200,
    attempt: 1,
    ms: 1,
    units: { WRU: 2 },
    requestId: "r",
  })
  world.calls.invocations.end(
    "0f4b3c2e-1d5a-4e6f-8a7b-9c0d1e2f3a4b",
    { name: "reader", memoryMb: 1_024 },
    at,
    { durationMs: 999.5, heapMb: 50 },
    0,
  )
  expect(world.calls.since(0, 100_000).at(-1)).toMatchObject({ version: "3", priceMicroUsd: 1.25 })
  const { body: one } = await world.local("GET", "price?invocation=0f4b3c2e-1d5a-4e6f-8a7b-9c0d1e2f3a4b")
  // x86, because this cloud's templates do not say arm64: 1 s × 1 GB × 16.6667 + 0.2, and two write request units
  expect(one.microUsd).toBe(18.1167)
  const { body: after } = await world.local("GET", "price")
  expect(after.microUsd - before.microUsd).toBeCloseTo(18.1167, 4)
  expect((await world.local("GET", `price?since=${at + 1}&function=reader`)).body.microUsd).toBe(0)
  expect((await world.local("GET", "price?since=yesterday")).status).toBe(400)
})

test("what the surface does not have is a 404 that lists what it has", async () => {
  expect((await world.local("GET", "nothing")).body.message).toContain("POST /_local/faults")
  expect((await world.local("POST", "sockets/none", { kind: "reset" })).status).toBe(404)
  expect((await world.local("POST", "sockets/none", { kind: "burn" })).status).toBe(400)
  expect((await world.local("DELETE", "faults/%E0%A4%A")).status).toBe(400)
})
