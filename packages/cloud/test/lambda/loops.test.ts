import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns"
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs"
import { afterEach, beforeEach, expect, test } from "vitest"
import { createTestCloud } from "../../src/endpoint/test-cloud.ts"
import { createLambda, type LocalLambda } from "../../src/lambda/runtime.ts"
import { eventually } from "../../src/lambda/testing/functions.ts"
import { Streams } from "../../src/services/kinesis/index.ts"
import { sns } from "../../src/services/sns/index.ts"
import { sqs } from "../../src/services/sqs/index.ts"

const ACCOUNT = "123456789012"
const queueNamed = (name: string) => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`
const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:echo`
const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:loop`

let bundles: string
let lambda: LocalLambda
let c: Awaited<ReturnType<typeof createTestCloud>>
let lines: string[]
beforeEach(async () => void (bundles = await mkdtemp(join(tmpdir(), "backline-loop-"))))
afterEach(async () => {
  await c?.stop()
  await rm(bundles, { recursive: true, force: true })
})

async function start(properties: object, more: Record<string, { type: string; properties: object }>) {
  lambda = createLambda({
    root: resolve(import.meta.dirname, "../../../.."),
    handlers: { "test/Loop": "packages/cloud/test/lambda/handlers/loop.handler" },
    streams: new Streams(),
    bundles,
  })
  lines = []
  c = await createTestCloud({
    services: [lambda.service, sqs(), sns()],
    resources: {
      Missed: { type: "AWS::SQS::Queue", properties: { QueueName: "missed" } },
      Loop: {
        type: "AWS::Lambda::Function",
        properties: {
          FunctionName: "loop",
          Handler: "index.handler",
          Runtime: "nodejs22.x",
          Role: `arn:aws:iam::${ACCOUNT}:role/loop-role`,
          Timeout: 1,
          MemorySize: 256,
          Environment: { Variables: { QUEUE_PATH: `/${ACCOUNT}/jobs`, TOPIC, MOST: "30" } },
          ...properties,
        },
      },
      ...more,
    },
    functions: { loop: [{ Effect: "Allow", Action: ["sqs:*", "logs:*"], Resource: "*" }] },
  })
  c.cloud.log = (_, line) => void lines.push(line)
  await lambda.ready
  await lambda.startSources()
}
const turns = () => lines.filter((line) => line.startsWith("turn ")).length
const missed = async () => {
  const client = new SQSClient(c.as())
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: `${c.awsUrl}/${ACCOUNT}/missed`,
      AttributeNames: ["ApproximateNumberOfMessages"],
    }),
  )
  return Number(Attributes!.ApproximateNumberOfMessages)
}
const jobs = {
  Jobs: {
    type: "AWS::SQS::Queue",
    properties: {
      QueueName: "jobs",
      VisibilityTimeout: 1,
      RedrivePolicy: { deadLetterTargetArn: queueNamed("missed"), maxReceiveCount: 1 },
    },
  },
  Source: { type: "AWS::Lambda::EventSourceMapping", properties: { EventSourceArn: queueNamed("jobs"), FunctionName: "loop" } },
}

test("a function that sends to its own queue is stopped after sixteen turns; the message goes to the dead letter", async () => {
  await start({}, jobs)
  await new SQSClient(c.as()).send(new SendMessageCommand({ QueueUrl: `${c.awsUrl}/${ACCOUNT}/jobs`, MessageBody: "round" }))
  await expect.poll(missed, { timeout: 15_000 }).toBe(1)
  expect(turns()).toBe(16)
  expect(lines.filter((line) => line.startsWith("loop was called 16 times"))).toEqual([
    expect.stringContaining(`the last time by ${queueNamed("jobs")}: a loop, which Lambda stops here`),
  ])
})

test("so is one that publishes to its own topic; the event goes to the function's dead letter at once", async () => {
  await start(
    { DeadLetterConfig: { TargetArn: queueNamed("missed") } },
    {
      Echo: {
        type: "AWS::SNS::Topic",
        properties: { TopicName: "echo", Subscription: [{ Protocol: "lambda", Endpoint: FUNCTION }] },
      },
      Permit: {
        type: "AWS::Lambda::Permission",
        properties: { Action: "lambda:InvokeFunction", FunctionName: FUNCTION, Principal: "sns.amazonaws.com", SourceArn: TOPIC },
      },
    },
  )
  await new SNSClient(c.as()).send(new PublishCommand({ TopicArn: TOPIC, Message: "round" }))
  await expect.poll(missed, { timeout: 15_000 }).toBe(1)
  expect(turns()).toBe(16)
  expect(lines.find((line) => line.startsWith("loop was called 16 times"))).toContain(TOPIC)
})

test("a function that allows its loop goes on", async () => {
  await start({ RecursiveLoop: "Allow" }, jobs)
  await new SQSClient(c.as()).send(new SendMessageCommand({ QueueUrl: `${c.awsUrl}/${ACCOUNT}/jobs`, MessageBody: "round" }))
  await eventually(() => turns() >= 20, 15_000)
  expect(lines.filter((line) => line.includes("a loop"))).toEqual([])
})
