import { afterEach, beforeEach, expect, test } from "vitest"
import { eventually, resource, world, type World } from "../../src/lambda/testing/functions.ts"
import { kinesis } from "../../src/services/kinesis/index.ts"
import { sqs } from "../../src/services/sqs/index.ts"

const STREAM = "arn:aws:kinesis:us-east-1:111122223333:stream/concerts"
const QUEUE = "arn:aws:sqs:us-east-1:111122223333:jobs.fifo"
const EVENTS = 1_000
const KEYS = 20
const KILLS = 50
const VISIBILITY_MS = 2_000

/** Every record is an effect: one line `<source> <key> <n>`. The pauses give kills a middle to hit. */
const HANDLER = `export const handler = async (event) => {
  for (const record of event.Records) {
    console.log("did " + (record.kinesis ? Buffer.from(record.kinesis.data, "base64").toString() : record.body))
    if (Math.random() < 0.2) await new Promise((resolve) => setTimeout(resolve, 1))
  }
}`

/** mulberry32 */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

let w: World
beforeEach(async () => {
  w = await world({ stream: HANDLER, queue: HANDLER })
  await w.cloud.use(kinesis(w.streams))
  const queues = sqs()
  await w.cloud.use(queues)
  w.cloud.add(resource("AWS::Kinesis::Stream", "Concerts", {}, { ref: "concerts", arn: STREAM }))
  w.streams.create({
    name: "concerts",
    arn: STREAM,
    shards: 2,
    mode: "PROVISIONED",
    retentionHours: 24,
    createdAt: w.cloud.now(),
  })
  const url = `${w.cloud.awsUrl}/111122223333/jobs.fifo`
  const properties = { QueueName: "jobs.fifo", FifoQueue: true, VisibilityTimeout: VISIBILITY_MS / 1000 }
  const jobs = resource("AWS::SQS::Queue", "Jobs", properties, {
    ref: url,
    arn: QUEUE,
    attributes: { Arn: QUEUE, QueueName: "jobs.fifo", QueueUrl: url },
  })
  w.cloud.add(jobs)
  await queues.types["AWS::SQS::Queue"]!.provision!(jobs, w.cloud)
})
afterEach(() => w.stop())

const keyOf = (n: number) => `k${n % KEYS}`

async function produce(from: number, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => from + index)
  const records = numbers.map((n) => ({
    PartitionKey: keyOf(n),
    Data: Buffer.from(`stream ${keyOf(n)} ${n}`).toString("base64"),
  }))
  const put = await w.cloud.call({
    service: "kinesis",
    target: "Kinesis_20131202.PutRecords",
    body: { StreamARN: STREAM, Records: records },
  })
  expect(put.json.FailedRecordCount).toBe(0)
  for (const n of numbers) {
    const body = {
      QueueUrl: w.cloud.find("AWS::SQS::Queue", QUEUE)!.identity.ref,
      MessageBody: `queue ${keyOf(n)} ${n}`,
      MessageGroupId: keyOf(n),
      MessageDeduplicationId: String(n),
    }
    const sent = await w.cloud.call({ service: "sqs", target: "AmazonSQS.SendMessage", body })
    expect(sent.status).toBe(200)
  }
}

test(
  "workers and pollers killed at 50 random points lose nothing, and each key keeps its order",
  { timeout: 60_000 },
  async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
    const next = random(seed)
    for (const name of ["stream", "queue"]) await w.declare(name, { Timeout: 2 })
    const mapping = (name: string, source: string, more: object) =>
      w.provision(
        resource("AWS::Lambda::EventSourceMapping", `Source-${name}`, { EventSourceArn: source, FunctionName: name, ...more }),
      )
    await mapping("stream", STREAM, { StartingPosition: "TRIM_HORIZON", BatchSize: 20, ParallelizationFactor: 2 })
    await mapping("queue", QUEUE, { BatchSize: 5 })
    await w.lambda.startSources()

    const done = () => w.cloud.lines.filter(({ line }) => line.startsWith("did ")).map(({ line }) => line.slice("did ".length))
    const kills = { workers: 0, pollers: 0, points: 0 }
    let produced = 0
    while (kills.points < KILLS) {
      if (produced < EVENTS) {
        await produce(produced, 25)
        produced += 25
      }
      await new Promise((resolve) => setTimeout(resolve, Math.floor(next() * 60)))
      const name = next() < 0.5 ? "stream" : "queue"
      const isPoller = next() < 0.5
      const killed = isPoller ? w.lambda.killPollers(name) : w.lambda.kill(name)
      kills[isPoller ? "pollers" : "workers"] += killed
      if (killed > 0) kills.points++
      // What a dead reader of the queue held becomes visible again.
      if (next() < 0.3) w.cloud.advance(VISIBILITY_MS)
    }
    expect(produced).toBe(EVENTS)
    await eventually(() => {
      if (new Set(done()).size === 2 * EVENTS) return true
      w.cloud.advance(200)
      return false
    }, 30_000)

    const all = done()
    const first = [...new Set(all)]
    for (const source of ["stream", "queue"])
      for (let key = 0; key < KEYS; key++) {
        const own = first.filter((each) => each.startsWith(`${source} k${key} `)).map((each) => Number(each.split(" ")[2]))
        expect(own, `${source} k${key}, seed ${seed}`).toEqual(
          Array.from({ length: EVENTS / KEYS }, (_, index) => key + index * KEYS),
        )
      }
    console.log(
      `seed ${seed}: ${2 * EVENTS} events, ${kills.points} kills (${kills.workers} workers, ${kills.pollers} pollers), ${all.length - first.length} redeliveries, lost ${2 * EVENTS - first.length}`,
    )
  },
)
