import { afterEach, beforeEach, expect, test } from "vitest"
import { arnOf, eventually, resource, world, type World } from "../../src/lambda/testing/functions.ts"

const QUEUE = "arn:aws:sqs:us-east-1:111122223333:jobs"
const URL_ = "http://127.0.0.1/111122223333/jobs"
const CONSUMER = `export const handler = async (event) => { console.log("batch " + event.Records.length) }`

let w: World
let waiting: number
beforeEach(async () => {
  w = await world({ consumer: CONSUMER })
  waiting = 0
  w.cloud.answers.sqs = (operation, body) => {
    if (operation === "GetQueueAttributes") return { json: { Attributes: { VisibilityTimeout: "60" } } }
    if (operation !== "ReceiveMessage") return { json: {} }
    const count = Math.min(waiting, body.MaxNumberOfMessages)
    waiting -= count
    const message = (_: unknown, n: number) => ({ MessageId: `m${n}`, ReceiptHandle: `h${n}`, Body: "x", Attributes: {} })
    return { json: count > 0 ? { Messages: Array.from({ length: count }, message) } : {} }
  }
  w.cloud.add(resource("AWS::SQS::Queue", "jobs", {}, { ref: URL_, arn: QUEUE }))
  await w.declare("consumer")
})
afterEach(() => w.stop())

const batches = () => w.cloud.lines.filter(({ line }) => line.startsWith("batch")).map(({ line }) => line)
const mapping = (properties: object) =>
  resource("AWS::Lambda::EventSourceMapping", "Source", { EventSourceArn: QUEUE, FunctionName: arnOf("consumer"), ...properties })

test("a running source takes another batch size, stands still while it is disabled, and ends when it is removed", async () => {
  const type = w.lambda.service.types["AWS::Lambda::EventSourceMapping"]!
  const source = mapping({ BatchSize: 1 })
  await w.provision(source)
  await w.lambda.startSources()
  await w.lambda.startSources() // has it already
  waiting = 2
  await eventually(() => batches().length === 2)
  expect(batches()).toEqual(["batch 1", "batch 1"])

  const change = async (properties: object) => {
    const previous = { ...source }
    source.properties = mapping(properties).properties
    await type.update!(source, previous, w.cloud)
  }
  await change({ BatchSize: 3 })
  waiting = 3
  await eventually(() => batches().length > 2 && waiting === 0)
  await eventually(
    () =>
      batches()
        .slice(2)
        .reduce((sum, line) => sum + Number(line.slice(6)), 0) === 3,
  )

  await change({ BatchSize: 3, Enabled: false })
  await new Promise((resolve) => setTimeout(resolve, 300))
  const before = batches().length
  waiting = 3
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(batches().length).toBe(before)

  await change({ BatchSize: 3, Enabled: true })
  await eventually(() => waiting === 0)
  await type.remove!(source, w.cloud)
  expect((w.lambda.state() as { sources: unknown[] }).sources).toEqual([])
})
