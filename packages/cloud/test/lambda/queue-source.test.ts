import { afterEach, beforeEach, expect, test } from "vitest"
import { eventually, resource, world, type World } from "../../src/lambda/testing/functions.ts"
import { sqs } from "../../src/services/sqs/index.ts"

/** `bad` ones fail by themselves, `boom` fails the whole batch, `slow` takes a while. */
const CONSUMER = `export const handler = async (event) => {
  const bodies = event.Records.map(({ body }) => body)
  console.log("took " + JSON.stringify(event.Records.map(({ body, attributes }) => [body, Number(attributes.ApproximateReceiveCount)])))
  if (bodies.includes("slow")) await new Promise((resolve) => setTimeout(resolve, 400))
  if (bodies.some((body) => body.startsWith("boom"))) throw new Error("boom")
  // Of a group nothing after a failed message is done.
  const failed = new Set()
  return { batchItemFailures: event.Records.filter(({ body, attributes: { MessageGroupId } }) => {
    if (body.startsWith("bad")) failed.add(MessageGroupId)
    return body.startsWith("bad") || (MessageGroupId && failed.has(MessageGroupId))
  }).map(({ messageId }) => ({ itemIdentifier: messageId })) }
}`
const VISIBILITY_MS = 5_000

let w: World
let service: ReturnType<typeof sqs>
beforeEach(async () => {
  w = await world({ consumer: CONSUMER })
  service = sqs()
  await w.cloud.use(service)
})
afterEach(() => w.stop())

const arnOfQueue = (name: string) => `arn:aws:sqs:us-east-1:111122223333:${name}`
const urlOf = (name: string) => `${w.cloud.awsUrl}/111122223333/${name}`

async function queue(QueueName: string, properties: object = {}) {
  const [ref, arn] = [urlOf(QueueName), arnOfQueue(QueueName)]
  const given = { QueueName, VisibilityTimeout: VISIBILITY_MS / 1000, ...properties }
  const made = resource("AWS::SQS::Queue", QueueName, given, { ref, arn, attributes: { Arn: arn, QueueName, QueueUrl: ref } })
  w.cloud.add(made)
  await service.types["AWS::SQS::Queue"]!.provision!(made, w.cloud)
}
async function source(name: string, mapping: object = {}, properties: object = {}) {
  await w.declare("consumer", { Timeout: 2, ...properties })
  const given = { EventSourceArn: arnOfQueue(name), FunctionName: "consumer", FunctionResponseTypes: ["ReportBatchItemFailures"] }
  await w.provision(resource("AWS::Lambda::EventSourceMapping", "Source", { ...given, ...mapping }))
  await w.lambda.startSources()
}
const call = async (operation: string, body: object) =>
  (await w.cloud.call({ service: "sqs", target: `AmazonSQS.${operation}`, body })).json
const send = (name: string, MessageBody: string, MessageGroupId?: string) =>
  call("SendMessage", {
    QueueUrl: urlOf(name),
    MessageBody,
    MessageGroupId,
    MessageDeduplicationId: MessageGroupId && MessageBody.replace(" ", "-"),
  })
const took = (): [string, number][][] =>
  w.cloud.lines.filter(({ line }) => line.startsWith("took ")).map(({ line }) => JSON.parse(line.slice(5)))
const bodies = () =>
  took()
    .flat()
    .map(([body]) => body)
const left = async (name: string) => {
  const { Attributes } = await call("GetQueueAttributes", { QueueUrl: urlOf(name), AttributeNames: ["All"] })
  return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible)
}
const settled = async (name: string, count: number) => {
  for (let turn = 0; turn < 400 && (await left(name)) !== count; turn++) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(await left(name)).toBe(count)
}

test("a group whose head fails stands still and in order, all other groups are done", async () => {
  await queue("missed.fifo", { FifoQueue: true })
  await queue("line.fifo", {
    FifoQueue: true,
    RedrivePolicy: { deadLetterTargetArn: arnOfQueue("missed.fifo"), maxReceiveCount: 2 },
  })
  for (let n = 0; n < 12; n++)
    for (const group of ["a", "b", "c"]) await send("line.fifo", n === 0 && group === "b" ? "bad b0" : `${group}${n}`, group)
  await source("line.fifo", { BatchSize: 1 })
  await settled("line.fifo", 12)
  const healthy = (group: string) => Array.from({ length: 12 }, (_, n) => `${group}${n}`)
  const done = (group: string) => bodies().filter((body) => new RegExp(`^${group}\\d`).test(body))
  expect([done("a"), done("c")]).toEqual([healthy("a"), healthy("c")])
  // Nothing behind the head was even tried.
  expect(done("b")).toEqual([])
  w.cloud.advance(VISIBILITY_MS)
  await eventually(() => bodies().filter((body) => body === "bad b0").length === 2)
  w.cloud.advance(VISIBILITY_MS)
  await settled("line.fifo", 0)
  expect(await left("missed.fifo")).toBe(1)
  expect(done("b")).toEqual(healthy("b").slice(1))
})

test("a throttled batch waits hidden: it is not counted as received again", async () => {
  await queue("jobs")
  await source("jobs", {}, { ReservedConcurrentExecutions: 1 })
  const holding = w.lambda.invoke("consumer", { Records: [{ body: "slow", attributes: {} }] })
  await eventually(() => took().length === 1)
  await send("jobs", "patient")
  await settled("jobs", 0)
  await holding
  expect(took()[1]).toEqual([["patient", 1]])
})

test("failures lower the number of batches at once, success raises it again", async () => {
  await queue("jobs")
  await source("jobs", { BatchSize: 1 })
  const allowed = () => (w.lambda.state() as any).sources[0].state.allowed
  expect(allowed()).toBe(5)
  for (let n = 0; n < 3; n++) await send("jobs", `boom ${n}`)
  await eventually(() => took().length === 3 && allowed() === 1)
  for (let n = 0; n < 8; n++) await send("jobs", `fine ${n}`)
  await settled("jobs", 3)
  expect(allowed()).toBe(5)
})

test("messages that no filter matches are deleted without the function", async () => {
  await queue("jobs")
  await source("jobs", { FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ body: { kind: ["wanted"] } }) }] } })
  for (const body of ['{"kind":"wanted"}', '{"kind":"other"}', "plain text"]) await send("jobs", body)
  await settled("jobs", 0)
  expect(bodies()).toEqual(['{"kind":"wanted"}'])
})

test("batches over ten need a window, FIFO queues take none: refused as AWS does", async () => {
  await queue("jobs")
  await queue("line.fifo", { FifoQueue: true })
  await expect(source("jobs", { BatchSize: 11 })).rejects.toThrow("Maximum batch window in seconds must be greater than 0")
  await expect(source("jobs", { BatchSize: 10_001, MaximumBatchingWindowInSeconds: 1 })).rejects.toThrow("from 1 to 10000")
  await expect(source("jobs", { ScalingConfig: { MaximumConcurrency: 1 } })).rejects.toThrow("from 2 to 1000")
  await expect(source("line.fifo", { MaximumBatchingWindowInSeconds: 1 })).rejects.toThrow("not for FIFO queues")
  await expect(source("line.fifo", { BatchSize: 11 })).rejects.toThrow("from 1 to 10")
})
