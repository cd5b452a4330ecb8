import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { eventually, resource, world, type World } from "../../src/lambda/testing/functions.ts"

const QUEUE = "arn:aws:sqs:us-east-1:111122223333:jobs"
const URL_ = "http://127.0.0.1/111122223333/jobs"
const CONSUMER = `export const handler = async (event) => {
  const bodies = event.Records.map(r => r.body)
  console.log(JSON.stringify(bodies))
  if (bodies.includes("slow")) await new Promise(r => setTimeout(r, 200))
  if (bodies.includes("crash")) process.exit(1)
  if (process.env.ANSWER) return JSON.parse(process.env.ANSWER)
  const failures = event.Records.filter(r => r.body.startsWith("bad")).map(r => ({ itemIdentifier: r.messageId }))
  return { batchItemFailures: failures }
}`

interface Message {
  id: string
  body: string
  visibleAt: number
  receives: number
}

/** The least of a queue: visibility, receives, long polling. */
class Queue {
  messages: Message[] = []
  private count = 0
  constructor(
    private readonly now: () => number,
    private readonly visibilityMs: number,
  ) {}
  add = (...bodies: string[]) =>
    void this.messages.push(...bodies.map((body) => ({ id: `m${this.count++}`, body, visibleAt: 0, receives: 0 })))
  answer = (operation: string, body: any) => {
    if (operation === "GetQueueAttributes")
      return { json: { Attributes: { VisibilityTimeout: String(this.visibilityMs / 1000) } } }
    if (operation === "DeleteMessageBatch") {
      const handles = body.Entries.map(({ ReceiptHandle }: any) => ReceiptHandle)
      this.messages = this.messages.filter(({ id }) => !handles.includes(`handle-${id}`))
      return { json: { Successful: [], Failed: [] } }
    }
    const due = this.messages.filter(({ visibleAt }) => visibleAt <= this.now()).slice(0, body.MaxNumberOfMessages)
    for (const message of due)
      Object.assign(message, { visibleAt: this.now() + this.visibilityMs, receives: message.receives + 1 })
    const Messages = due.map(({ id, body: Body, receives }) => ({
      MessageId: id,
      ReceiptHandle: `handle-${id}`,
      Body,
      MD5OfBody: "md5",
      Attributes: { ApproximateReceiveCount: String(receives) },
      MessageAttributes: { kind: { DataType: "String", StringValue: "job" } },
    }))
    return { json: Messages.length > 0 ? { Messages } : {} }
  }
}

let w: World
let queue: Queue
beforeEach(async () => {
  w = await world({ consumer: CONSUMER, raw: `export const handler = async (event) => { console.log(JSON.stringify(event)); }` })
  queue = new Queue(() => w.cloud.now(), 30_000)
  w.cloud.answers.sqs = queue.answer
  w.cloud.add(resource("AWS::SQS::Queue", "Jobs", {}, { ref: URL_, arn: QUEUE }))
})
afterEach(() => w.stop())

async function source(mapping: object = {}, properties: object = {}, name = "consumer") {
  await w.declare(name, properties)
  const given = { EventSourceArn: QUEUE, FunctionName: name, FunctionResponseTypes: ["ReportBatchItemFailures"], ...mapping }
  await w.provision(resource("AWS::Lambda::EventSourceMapping", "Source", given))
  await w.lambda.startSources()
}
const taken = (): string[][] =>
  w.cloud.lines.filter(({ source, line }) => source === "consumer" && line.startsWith("[")).map(({ line }) => JSON.parse(line))

describe("a queue source", () => {
  test("gives the function the event AWS sends and deletes what it processed, as the function's role", async () => {
    queue.add("one")
    await source({}, {}, "raw")
    await eventually(() => queue.messages.length === 0)
    const { line } = w.cloud.lines.find(({ source, line }) => source === "raw" && line.startsWith("{"))!
    expect(JSON.parse(line)).toEqual({
      Records: [
        {
          messageId: "m0",
          receiptHandle: "handle-m0",
          body: "one",
          attributes: { ApproximateReceiveCount: "1" },
          messageAttributes: { kind: { stringValue: "job", stringListValues: [], binaryListValues: [], dataType: "String" } },
          md5OfBody: "md5",
          eventSource: "aws:sqs",
          eventSourceARN: QUEUE,
          awsRegion: "us-east-1",
        },
      ],
    })
    expect(new Set(w.cloud.recorded.filter(({ service }) => service === "sqs").map(({ as }) => as))).toEqual(new Set(["raw"]))
  })

  test("deletes exactly the messages that did not fail; those come again after their visibility", async () => {
    queue.add("1", "bad", "3")
    await source()
    await eventually(() => queue.messages.length === 1)
    expect(queue.messages[0]).toMatchObject({ body: "bad", receives: 1 })
    w.cloud.advance(30_000)
    await eventually(() => taken().length === 2)
    expect(queue.messages[0]!.receives).toBe(2)
    expect(taken()).toEqual([["1", "bad", "3"], ["bad"]])
  })

  test("keeps all messages of a batch that crashed or answered something odd", async () => {
    for (const [body, answer] of [
      ["crash"],
      ["x", '{"batchItemFailures":[{"itemIdentifier":""}]}'],
      ["y", '{"batchItemFailures":[{"itemIdentifier":"unknown"}]}'],
    ]) {
      const own = await world({ consumer: CONSUMER })
      const jobs = new Queue(() => own.cloud.now(), 30_000)
      own.cloud.answers.sqs = jobs.answer
      own.cloud.add(resource("AWS::SQS::Queue", "Jobs", {}, { ref: URL_, arn: QUEUE }))
      jobs.add(body!, "neighbour")
      await own.declare("consumer", answer ? { Environment: { Variables: { ANSWER: answer } } } : {})
      await own.provision(
        resource("AWS::Lambda::EventSourceMapping", "Source", {
          EventSourceArn: QUEUE,
          FunctionName: "consumer",
          FunctionResponseTypes: ["ReportBatchItemFailures"],
        }),
      )
      await own.lambda.startSources()
      await eventually(() => own.cloud.lines.some(({ line }) => line.startsWith("REPORT")))
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(jobs.messages.map(({ body }) => body)).toEqual([body, "neighbour"])
      await own.stop()
    }
  })

  test("collects up to its batch size within the window", async () => {
    queue.add(...Array.from({ length: 25 }, (_, index) => String(index)))
    await source({ BatchSize: 100, MaximumBatchingWindowInSeconds: 1 })
    await eventually(() => queue.messages.length === 0)
    expect(taken().map((batch) => batch.length)).toEqual([25])
  })

  test("runs no more batches at once than its maximum concurrency", async () => {
    queue.add(...Array.from({ length: 6 }, () => "slow"))
    await source({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } })
    let most = 0
    await eventually(() => {
      most = Math.max(most, (w.lambda.state() as any).running.consumer ?? 0)
      return queue.messages.length === 0
    })
    expect(most).toBe(2)
  })

  test("refuses a queue whose visibility is shorter than the function's timeout", async () => {
    await expect(source({}, { Timeout: 31 })).rejects.toThrow(
      "Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds",
    )
  })
})
