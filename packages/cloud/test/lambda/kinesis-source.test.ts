import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { kinesis } from "../../src/services/kinesis/index.ts"
import { arnOf, eventually, resource, ROLE, world, type World } from "../../src/lambda/testing/functions.ts"

const STREAM = "arn:aws:kinesis:us-east-1:111122223333:stream/concerts"
const QUEUE = "arn:aws:sqs:us-east-1:111122223333:failures"

/** Records are texts; `bad` ones fail, `slow` ones take a while. What was taken is written as one line per invocation. */
const CONSUMER = `export const handler = async (event) => {
  const texts = event.Records.map(r => Buffer.from(r.kinesis.data, "base64").toString())
  console.log(JSON.stringify({ shard: event.Records[0].eventID.split(":")[0], texts }))
  if (texts.some(t => t.startsWith("slow"))) await new Promise(r => setTimeout(r, 300))
  const bad = event.Records.filter((r, i) => texts[i].startsWith("bad")).map(r => ({ itemIdentifier: r.kinesis.sequenceNumber }))
  if (process.env.PARTIAL) return { batchItemFailures: bad }
  if (bad.length) throw new Error("a bad record")
}`

let w: World
beforeEach(async () => {
  w = await world({
    consumer: CONSUMER,
    raw: `export const handler = async (event) => { console.log(JSON.stringify(event.Records[0])) }`,
  })
  await w.cloud.use(kinesis(w.streams))
  w.cloud.add(resource("AWS::Kinesis::Stream", "Concerts", {}, { ref: "concerts", arn: STREAM }))
  w.cloud.add(resource("AWS::SQS::Queue", "Failures", {}, { ref: "http://queue/failures", arn: QUEUE }))
  w.streams.create({
    name: "concerts",
    arn: STREAM,
    shards: 1,
    mode: "PROVISIONED",
    retentionHours: 24,
    createdAt: w.cloud.now(),
  })
})
afterEach(() => w.stop())

async function source(mapping: object, properties: object = {}, name = "consumer") {
  await w.declare(name, properties)
  const given = { EventSourceArn: STREAM, FunctionName: name, StartingPosition: "TRIM_HORIZON", BatchSize: 100, ...mapping }
  await w.provision(resource("AWS::Lambda::EventSourceMapping", `Source-${name}`, given))
  await w.lambda.startSources()
}
const put = (texts: string[], key = "k") =>
  w.cloud.call({
    service: "kinesis",
    target: "Kinesis_20131202.PutRecords",
    body: {
      StreamARN: STREAM,
      Records: texts.map((text) => ({ PartitionKey: key, Data: Buffer.from(text).toString("base64") })),
    },
  })
const taken = (): { shard: string; texts: string[] }[] =>
  w.cloud.lines.filter(({ source, line }) => source === "consumer" && line.startsWith("{")).map(({ line }) => JSON.parse(line))
const all = (): string[] => taken().flatMap(({ texts }) => texts)
const failures = () =>
  w.cloud.recorded.filter(({ operation }) => operation === "SendMessage").map(({ body }) => JSON.parse(body.MessageBody))
const position = (): number => (w.lambda.state() as any).sources[0].state[0].position
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => String(from + index))

describe("a healthy consumer", () => {
  test("gets the event AWS sends", async () => {
    const { json } = await put(["hello"], "Beethoven, Ludwig van")
    await source({}, {}, "raw")
    const line = await eventually(() => w.cloud.lines.find(({ source, line }) => source === "raw" && line.startsWith("{")))
    const { SequenceNumber, ShardId } = json.Records[0]
    expect(JSON.parse(line.line)).toEqual({
      kinesis: {
        kinesisSchemaVersion: "1.0",
        partitionKey: "Beethoven, Ludwig van",
        sequenceNumber: SequenceNumber,
        data: Buffer.from("hello").toString("base64"),
        approximateArrivalTimestamp: expect.closeTo(w.cloud.now() / 1000, -1),
      },
      eventSource: "aws:kinesis",
      eventVersion: "1.0",
      eventID: `${ShardId}:${SequenceNumber}`,
      eventName: "aws:kinesis:record",
      invokeIdentityArn: ROLE,
      awsRegion: "us-east-1",
      eventSourceARN: STREAM,
    })
  })

  // https://docs.aws.amazon.com/streams/latest/dev/service-managed-pk-integrations-lambda.html
  test("gets null for the key that a producer left out, over as many lanes as it has", async () => {
    Object.assign(w.streams.find("concerts")!.options, { mode: "ON_DEMAND", distribution: "AUTO" })
    const Records = numbers(6).map((text) => ({ Data: Buffer.from(text).toString("base64") }))
    const { json } = await w.cloud.call({
      service: "kinesis",
      target: "Kinesis_20131202.PutRecords",
      body: { StreamARN: STREAM, Records },
    })
    expect(json.FailedRecordCount).toBe(0)
    await source({ ParallelizationFactor: 3, BatchSize: 1 }, {}, "raw")
    const lines = await eventually(() => {
      const found = w.cloud.lines.filter(({ source, line }) => source === "raw" && line.startsWith("{"))
      return found.length === 6 ? found : undefined
    })
    expect(lines.map(({ line }) => JSON.parse(line).kinesis.partitionKey)).toEqual(Array(6).fill(null))
  })

  test("takes everything once, in order, in batches no larger than asked", async () => {
    await put(numbers(250))
    await source({ BatchSize: 40 })
    await put(numbers(50, 250))
    await eventually(() => position() === 300)
    expect(all()).toEqual(numbers(300))
    expect(Math.max(...taken().map(({ texts }) => texts.length))).toBe(40)
  })

  test("waits for the batching window unless the batch is full before", async () => {
    await source({ MaximumBatchingWindowInSeconds: 60, BatchSize: 10 })
    await put(numbers(3))
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(taken()).toEqual([])
    await put(numbers(7, 3))
    await eventually(() => taken().length === 1)
    await put(["late"])
    await new Promise((resolve) => setTimeout(resolve, 150))
    w.cloud.advance(60_000)
    await eventually(() => taken().length === 2)
    expect(all()).toEqual([...numbers(10), "late"])
  })

  test("starts at LATEST when told so, and is woken by new records at once", async () => {
    await put(["old"])
    await source({ StartingPosition: "LATEST" })
    const at = performance.now()
    await put(["new"])
    await eventually(() => all().length === 1)
    expect(all()).toEqual(["new"])
    expect(performance.now() - at).toBeLessThan(3_000)
  })

  test("keeps order per key with a parallelization factor, while keys overtake each other", async () => {
    await put(["slow a"], "a")
    for (const key of ["b", "c", "d"])
      await put(
        numbers(20).map((n) => `${key}${n}`),
        key,
      )
    await put(["a2"], "a")
    await source({ ParallelizationFactor: 4, BatchSize: 5 })
    await eventually(() => all().length === 62 && position() === 62)
    for (const key of ["b", "c", "d"])
      expect(all().filter((text) => text.startsWith(key))).toEqual(numbers(20).map((n) => `${key}${n}`))
    expect(all().indexOf("a2")).toBeGreaterThan(all().indexOf("slow a"))
  })

  test("drains a split shard before it reads the children", async () => {
    await put(numbers(30))
    await source({ BatchSize: 10 })
    const [shard] = w.streams.find("concerts")!.shards
    await w.cloud.call({
      service: "kinesis",
      target: "Kinesis_20131202.SplitShard",
      body: { StreamARN: STREAM, ShardToSplit: shard!.id, NewStartingHashKey: String(shard!.range.to / 2n) },
    })
    await put(numbers(30, 30))
    await eventually(() => all().length === 60)
    expect(all()).toEqual(numbers(60))
  })

  test("reads as the function's role: one logged GetRecords per batch", async () => {
    await put(numbers(5))
    await source({})
    await eventually(() => position() === 5)
    const own = w.cloud.recorded.filter(({ as, service }) => as === "consumer" && service === "kinesis")
    expect(own.map(({ operation, resource }) => `${operation} ${resource}`)).toEqual(
      ["DescribeStream", "DescribeStreamSummary", "ListShards", "GetShardIterator", "GetRecords", "GetRecords"].map(
        (name) => `${name} ${STREAM}`,
      ),
    )
    expect(own.at(-1)!.body).toMatchObject({ Records: 5 })
  })

  test("hands over what its filters let through and goes past the rest", async () => {
    await put(['{"type":"sold","n":1}', '{"type":"listed"}', "text", '{"type":"sold","n":2}'])
    await source({ FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ data: { type: ["sold"] } }) }] } })
    await eventually(() => position() === 4)
    expect(all()).toEqual(['{"type":"sold","n":1}', '{"type":"sold","n":2}'])
  })

  test("starts at the first record since a time", async () => {
    await put(["old"])
    w.cloud.advance(60_000)
    const since = w.cloud.now()
    await put(["new"])
    await source({ StartingPosition: "AT_TIMESTAMP", StartingPositionTimestamp: since / 1000 })
    await eventually(() => position() === 2)
    expect(all()).toEqual(["new"])
  })

  test("tells how old the oldest waiting record is, and how old a batch was when it was handed over", async () => {
    await source({}, { Timeout: 20 })
    await put(["slow one"])
    await eventually(() => taken().length === 1)
    await put(["waiting"])
    w.cloud.advance(30_000)
    const ages = (w.lambda.state() as any).sources[0].state[0].iteratorAgeMs
    expect(ages).toEqual([expect.closeTo(30_000, -3)])
    await eventually(() => position() === 2)
    expect((w.lambda.state() as any).sources[0].state[0].iteratorAgeMs).toEqual([0])
    const handed = w.cloud.recorded.filter(({ operation, body }) => operation === "GetRecords" && body.Records > 0)
    expect(handed.at(-1)!.body.AgeMs).toBeGreaterThanOrEqual(30_000)
  })

  test("what is not simulated, or over a limit, is refused by name", async () => {
    await expect(source({ ParallelizationFactor: 11 })).rejects.toThrow("ParallelizationFactor is 11")
    await expect(source({ StartingPosition: "OLDEST" })).rejects.toThrow("StartingPosition OLDEST")
    await expect(source({ EventSourceArn: `${STREAM}/consumer/fan:1` })).rejects.toThrow("NOT_SIMULATED")
    await expect(source({ FilterCriteria: { Filters: [{ Pattern: '{"data":[{"wildcard":"*"}]}' }] } })).rejects.toThrow(
      "wildcard",
    )
  })

  test("a role that may not read stops the boot with role, action and stream", async () => {
    w.cloud.denied.add("kinesis:GetShardIterator")
    await expect(source({})).rejects.toThrow(/consumer may not kinesis:GetShardIterator on arn:aws:kinesis.*role\/handler/)
  })
})

describe("failures", () => {
  test("without limits the batch comes again until it passes", async () => {
    await source({}, { Timeout: 1 })
    await put(["bad"])
    await eventually(() => all().length >= 4)
    expect(position()).toBe(0)
    expect(failures()).toEqual([])
  })

  test("after its repetitions a batch goes to the failure destination and its shard moves on", async () => {
    await put(["1", "bad", "3"])
    await source({ MaximumRetryAttempts: 2, DestinationConfig: { OnFailure: { Destination: QUEUE } } })
    await eventually(() => position() === 3)
    await put(["4"])
    await eventually(() => all().at(-1) === "4")
    expect(taken().filter(({ texts }) => texts.includes("bad"))).toHaveLength(3)
    const [shard] = w.streams.find("concerts")!.shards
    expect(failures()).toEqual([
      {
        version: "1.0",
        timestamp: expect.stringMatching(/Z$/),
        requestContext: {
          requestId: expect.any(String),
          functionArn: arnOf("consumer"),
          condition: "RetryAttemptsExhausted",
          approximateInvokeCount: 3,
        },
        responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
        KinesisBatchInfo: {
          shardId: shard!.id,
          startSequenceNumber: shard!.sequence.at(0),
          endSequenceNumber: shard!.sequence.at(2),
          approximateArrivalOfFirstRecord: expect.stringMatching(/Z$/),
          approximateArrivalOfLastRecord: expect.stringMatching(/Z$/),
          batchSize: 3,
          streamArn: STREAM,
        },
      },
    ])
  })

  test("bisecting leaves exactly the poison record over; its neighbours pass in order", async () => {
    const texts = numbers(32).map((n) => (n === "13" ? "bad 13" : n))
    await put(texts)
    await source({
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: QUEUE } },
    })
    await eventually(() => position() === 32)
    const passed = taken()
      .filter((batch) => !batch.texts.some((text) => text.startsWith("bad")))
      .flatMap(({ texts }) => texts)
    expect(passed).toEqual(texts.filter((text) => !text.startsWith("bad")))
    expect(failures()).toHaveLength(1)
    expect(failures()[0].KinesisBatchInfo).toMatchObject({
      batchSize: 1,
      startSequenceNumber: w.streams.find("concerts")!.shards[0]!.sequence.at(13),
    })
    expect(failures()[0].requestContext.approximateInvokeCount).toBe(2)
  })

  test("a partial response goes on from its lowest failed record", async () => {
    await put(["0", "1", "bad 2", "3", "bad 4", "5"])
    const properties = { Environment: { Variables: { PARTIAL: "yes" } } }
    const mapping = {
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: QUEUE } },
    }
    await source(mapping, properties)
    await eventually(() => position() === 6)
    expect(taken()[1]!.texts[0]).toBe("bad 2")
    expect(all().filter((text) => text === "0" || text === "1")).toEqual(["0", "1"])
    const sequence = (n: number) => w.streams.find("concerts")!.shards[0]!.sequence.at(n)
    expect(failures().map(({ KinesisBatchInfo: batch }) => [batch.startSequenceNumber, batch.batchSize])).toEqual([
      [sequence(2), 1],
      [sequence(4), 1],
    ])
  })

  test("records that are too old are given up before they are tried", async () => {
    await put(["old"])
    w.cloud.advance(61_000)
    await put(["young"])
    await source({ MaximumRecordAgeInSeconds: 60, DestinationConfig: { OnFailure: { Destination: QUEUE } } })
    await eventually(() => position() === 2)
    expect(all()).toEqual(["young"])
    expect(failures()[0].requestContext.condition).toBe("RecordAgeExceeded")
  })

  test("a killed worker gets the same batch again and nothing is lost", async () => {
    await put(["slow", ...numbers(20)])
    await source({ BatchSize: 7 })
    await eventually(() => taken().length === 1)
    expect(w.lambda.kill("consumer")).toBe(1)
    await eventually(() => position() === 21)
    const [first, ...rest] = taken()
    expect(rest[0]).toEqual(first)
    expect(rest.flatMap(({ texts }) => texts)).toEqual(["slow", ...numbers(20)])
  })

  test("one shard never waits for another one's poison record", async () => {
    w.streams.create({
      name: "concerts",
      arn: STREAM,
      shards: 2,
      mode: "PROVISIONED",
      retentionHours: 24,
      createdAt: w.cloud.now(),
    })
    const to = (text: string, ExplicitHashKey: string) =>
      w.cloud.call({
        service: "kinesis",
        target: "Kinesis_20131202.PutRecord",
        body: { StreamARN: STREAM, PartitionKey: "k", ExplicitHashKey, Data: Buffer.from(text).toString("base64") },
      })
    await to("bad", "0")
    await to("good", String((1n << 128n) - 1n))
    await source({})
    await eventually(() => all().includes("good"))
    const positions = () => (w.lambda.state() as any).sources[0].state.map((shard: any) => shard.position)
    await eventually(() => positions()[1] === 1)
    expect(positions()).toEqual([0, 1])
  })
})
