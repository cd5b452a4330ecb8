import { afterEach, beforeEach, expect, test } from "vitest"
import { eventually, resource, world, type World } from "../src/lambda/testing/functions.ts"
import { dynamodb } from "../src/services/dynamodb/index.ts"

const QUEUE = "arn:aws:sqs:us-east-1:111122223333:failures"

/** Items whose `text` begins with `bad` fail the batch. What was taken is written as one line per invocation. */
const CONSUMER = `export const handler = async (event) => {
  const texts = event.Records.map(r => r.dynamodb.NewImage?.text.S ?? "removed " + r.dynamodb.Keys.pk.S)
  console.log(JSON.stringify({ texts, first: event.Records[0] }))
  if (texts.some(t => t.startsWith("slow"))) await new Promise(r => setTimeout(r, 150))
  const bad = event.Records.filter((r, i) => texts[i].startsWith("bad")).map(r => ({ itemIdentifier: r.dynamodb.SequenceNumber }))
  if (process.env.PARTIAL) return { batchItemFailures: bad }
  if (bad.length) throw new Error("a bad record")
}`

let w: World
let service: ReturnType<typeof dynamodb>
let stream: string
beforeEach(async () => {
  w = await world({ consumer: CONSUMER })
  service = dynamodb()
  await w.cloud.use(service)
  w.cloud.add(resource("AWS::SQS::Queue", "Failures", {}, { ref: "http://queue/failures", arn: QUEUE }))
  const { json } = await call("CreateTable", {
    TableName: "ROOMS",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
  })
  stream = json.TableDescription.LatestStreamArn
  const arn = json.TableDescription.TableArn
  w.cloud.add(resource("AWS::DynamoDB::Table", "Rooms", {}, { ref: "ROOMS", arn, attributes: { StreamArn: stream } }))
})
afterEach(async () => {
  await w.stop()
  await service.stop!()
})

const call = (operation: string, body: object) =>
  w.cloud.call({ service: "dynamodb", target: `DynamoDB_20120810.${operation}`, body })
const put = (text: string, pk = "room") => call("PutItem", { TableName: "ROOMS", Item: { pk: { S: pk }, text: { S: text } } })
async function puts(texts: readonly string[], pk?: string) {
  for (const text of texts) await put(text, pk)
}
async function source(mapping: object = {}, properties: object = {}) {
  await w.declare("consumer", properties)
  const given = { EventSourceArn: stream, FunctionName: "consumer", StartingPosition: "TRIM_HORIZON", BatchSize: 100, ...mapping }
  await w.provision(resource("AWS::Lambda::EventSourceMapping", "Source", given))
  await w.lambda.startSources()
}
const taken = (): { texts: string[]; first: any }[] =>
  w.cloud.lines
    .filter(({ source: from, line }) => from === "consumer" && line.startsWith("{"))
    .map(({ line }) => JSON.parse(line))
const all = (): string[] => taken().flatMap(({ texts }) => texts)
const failures = () =>
  w.cloud.recorded.filter(({ operation }) => operation === "SendMessage").map(({ body }) => JSON.parse(body.MessageBody))
const position = (): number => (w.lambda.state() as any).sources[0].state[0].position
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => String(from + index))

test("a function gets the event AWS sends, and is called by new records at once", async () => {
  await source()
  const at = performance.now()
  await put("hello")
  await eventually(() => all().length === 1)
  expect(performance.now() - at).toBeLessThan(3_000)
  expect(taken()[0]!.first).toEqual({
    eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
    eventName: "INSERT",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "us-east-1",
    dynamodb: {
      ApproximateCreationDateTime: expect.closeTo(w.cloud.now() / 1000, -1),
      Keys: { pk: { S: "room" } },
      NewImage: { pk: { S: "room" }, text: { S: "hello" } },
      SequenceNumber: expect.stringMatching(/^\d{21,40}$/),
      SizeBytes: 21,
      StreamViewType: "NEW_IMAGE",
    },
    eventSourceARN: stream,
  })
})

test("everything is taken once, in order, in batches no larger than asked", async () => {
  await puts(numbers(45))
  await source({ BatchSize: 20 })
  await puts(numbers(15, 45))
  await eventually(() => position() === 60)
  expect(all()).toEqual(numbers(60))
  expect(Math.max(...taken().map(({ texts }) => texts.length))).toBe(20)
})

test("the batching window gathers records, and LATEST leaves out what was before", async () => {
  await put("before")
  await source({ StartingPosition: "LATEST", MaximumBatchingWindowInSeconds: 60, BatchSize: 10 })
  await puts(numbers(3))
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(taken()).toEqual([])
  w.cloud.advance(60_000)
  await eventually(() => taken().length === 1)
  expect(all()).toEqual(numbers(3))
})

test("with a parallelization factor each item's records stay in order while other items overtake", async () => {
  await put("slow a", "a")
  for (const key of ["b", "c", "d"])
    await puts(
      numbers(10).map((n) => `${key}${n}`),
      key,
    )
  await put("a2", "a")
  await source({ ParallelizationFactor: 4, BatchSize: 5 })
  await eventually(() => all().length === 32 && position() === 32)
  for (const key of ["b", "c", "d"])
    expect(all().filter((text) => text.startsWith(key))).toEqual(numbers(10).map((n) => `${key}${n}`))
  expect(all().indexOf("a2")).toBeGreaterThan(all().indexOf("slow a"))
})

test("bisecting leaves exactly the poison record over, and reports it with its shard and sequence number", async () => {
  const texts = numbers(16).map((n) => (n === "5" ? "bad 5" : n))
  await puts(texts)
  await source({
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 1,
    DestinationConfig: { OnFailure: { Destination: QUEUE } },
  })
  await eventually(() => position() === 16)
  const passed = taken()
    .filter((batch) => !batch.texts.some((text) => text.startsWith("bad")))
    .flatMap(({ texts: own }) => own)
  expect(passed).toEqual(texts.filter((text) => text !== "bad 5"))
  expect(failures()).toHaveLength(1)
  expect(failures()[0]).toMatchObject({
    requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 2 },
    DDBStreamBatchInfo: {
      shardId: expect.stringMatching(/^shardId-\d{20}-[0-9a-f]{8}$/),
      startSequenceNumber: expect.stringMatching(/^\d{21,40}$/),
      batchSize: 1,
      streamArn: stream,
    },
  })
  expect(failures()[0].KinesisBatchInfo).toBeUndefined()
})

test("a partial response goes on from its lowest failed sequence number", async () => {
  await puts(["0", "1", "bad 2", "3"])
  const mapping = {
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    MaximumRetryAttempts: 1,
    DestinationConfig: { OnFailure: { Destination: QUEUE } },
  }
  await source(mapping, { Environment: { Variables: { PARTIAL: "yes" } } })
  await eventually(() => failures().length === 1)
  expect(all().filter((text) => text === "0" || text === "1")).toEqual(["0", "1"])
})

test("records that are too old are given up before they are tried", async () => {
  await put("old")
  w.cloud.advance(62_000)
  await put("young")
  await source({ MaximumRecordAgeInSeconds: 60, DestinationConfig: { OnFailure: { Destination: QUEUE } } })
  await eventually(() => position() === 2)
  expect(all()).toEqual(["young"])
  expect(failures()[0].requestContext.condition).toBe("RecordAgeExceeded")
})

test("a function that fails for longer than an iterator lives goes on where it was, over the end of its shard", async () => {
  await source({ BatchSize: 1 }, { Timeout: 1 })
  await put("one")
  await eventually(() => all().length === 1)
  w.cloud.advance(4 * 3_600_000)
  await put("two")
  await put("three")
  await eventually(() => all().length === 3)
  expect(all()).toEqual(["one", "two", "three"])
  await eventually(() => (w.lambda.state() as any).sources[0].state.length === 2)
})

test("an expired item tells the function that the service deleted it", async () => {
  await call("UpdateTimeToLive", { TableName: "ROOMS", TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true } })
  const ttl = { N: String(Math.floor(w.cloud.now() / 1000) + 30) }
  await call("PutItem", { TableName: "ROOMS", Item: { pk: { S: "room" }, text: { S: "hello" }, ttl } })
  await source()
  w.cloud.advance(120_000)
  await eventually(() => all().length === 2)
  expect(all()).toEqual(["hello", "removed room"])
  const records = taken().map(({ first }) => first.userIdentity)
  expect(records.at(-1) ?? taken()[0]!.first).toMatchObject({ type: "Service", principalId: "dynamodb.amazonaws.com" })
})

test("the stream is read as the function's role", async () => {
  await put("one")
  await source()
  await eventually(() => all().length === 1)
  const own = w.cloud.recorded.filter(({ as, service: name }) => as === "consumer" && name === "dynamodb")
  expect([...new Set(own.map(({ operation }) => operation))].sort()).toEqual([
    "DescribeStream",
    "GetRecords",
    "GetShardIterator",
    "ListStreams",
  ])
})

test("a role that may not read stops the boot with function and stream", async () => {
  w.cloud.denied.add("dynamodb:DescribeStream")
  await expect(source()).rejects.toThrow(/consumer (may not|cannot read).*DescribeStream/)
})

test("a starting position that tables do not have is refused", async () => {
  await expect(source({ StartingPosition: "AT_TIMESTAMP", StartingPositionTimestamp: 1 })).rejects.toThrow(
    /streams of tables start at TRIM_HORIZON or LATEST/,
  )
})
