import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestCloud } from "../src/endpoint/test-cloud.ts"
import { sqs } from "../src/services/sqs/index.ts"

const arn = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`
let running: Awaited<ReturnType<typeof createTestCloud>>

beforeAll(async () => {
  running = await createTestCloud({
    services: [sqs()],
    resources: {
      Dead: { type: "AWS::SQS::Queue", properties: { QueueName: "dead" } },
      Jobs: {
        type: "AWS::SQS::Queue",
        properties: {
          QueueName: "jobs",
          VisibilityTimeout: 0,
          RedrivePolicy: { deadLetterTargetArn: arn("dead"), maxReceiveCount: 2 },
        },
      },
      Work: { type: "AWS::SQS::Queue", properties: { QueueName: "work" } },
    },
    functions: { producer: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: arn("work") }] },
  })
})
afterAll(() => running?.stop())

const client = (name?: string) => new SQSClient(running.as(name))
const url = (name: string) => `${running.awsUrl}/123456789012/${name}`

test("a queue's address is the AWS address, its account and its name", async () => {
  expect((await client().send(new GetQueueUrlCommand({ QueueName: "work" }))).QueueUrl).toBe(url("work"))
  const { Attributes } = await client().send(new GetQueueAttributesCommand({ QueueUrl: url("jobs"), AttributeNames: ["All"] }))
  expect(Attributes).toMatchObject({
    QueueArn: arn("jobs"),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn("dead"), maxReceiveCount: 2 }),
  })
})

test("a message waits for nobody: a long poll gets it as soon as it is sent", async () => {
  const poll = client().send(
    new ReceiveMessageCommand({ QueueUrl: url("work"), WaitTimeSeconds: 10, MessageAttributeNames: ["All"] }),
  )
  const started = performance.now()
  const MessageAttributes = { kind: { DataType: "String", StringValue: "greeting" } }
  await client("producer").send(
    new SendMessageCommand({ QueueUrl: url("work"), MessageBody: `hello ${arn("work")}`, MessageAttributes }),
  )
  const [message] = (await poll).Messages ?? []
  expect(message).toMatchObject({ Body: `hello ${arn("work")}`, MessageAttributes: { kind: { StringValue: "greeting" } } })
  expect(performance.now() - started).toBeLessThan(2_000)
  await client().send(new DeleteMessageCommand({ QueueUrl: url("work"), ReceiptHandle: message!.ReceiptHandle }))
})

test("a message received too often goes to the dead letter queue", async () => {
  await client().send(new SendMessageCommand({ QueueUrl: url("jobs"), MessageBody: "poison" }))
  const receive = (name: string) => client().send(new ReceiveMessageCommand({ QueueUrl: url(name) }))
  expect((await receive("jobs")).Messages).toHaveLength(1)
  expect((await receive("jobs")).Messages).toHaveLength(1)
  expect((await receive("jobs")).Messages ?? []).toHaveLength(0)
  expect((await receive("dead")).Messages?.[0]?.Body).toBe("poison")
})

test("a batch is authorised as SendMessage; receiving without the right is refused with role, action and ARN", async () => {
  const Entries = [
    { Id: "a", MessageBody: "1" },
    { Id: "b", MessageBody: "2" },
  ]
  expect(
    (await client("producer").send(new SendMessageBatchCommand({ QueueUrl: url("work"), Entries }))).Successful,
  ).toHaveLength(2)
  const error = await client("producer")
    .send(new ReceiveMessageCommand({ QueueUrl: url("work") }))
    .catch((thrown) => thrown)
  expect(error.name).toMatch(/^AccessDenied/)
  expect(error.$metadata.httpStatusCode).toBe(403)
  expect(error.message).toBe(
    `User: arn:aws:sts::123456789012:assumed-role/producer-role/producer is not authorized to perform: sqs:ReceiveMessage on resource: ${arn("work")} because no identity-based policy allows the sqs:ReceiveMessage action`,
  )
})

test("a queue that does not exist is QueueDoesNotExist", async () => {
  const error = await client()
    .send(new SendMessageCommand({ QueueUrl: url("nothing"), MessageBody: "x" }))
    .catch((thrown) => thrown)
  expect(error.name).toBe("QueueDoesNotExist")
})
