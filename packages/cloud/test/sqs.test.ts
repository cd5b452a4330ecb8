import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestCloud } from "../src/endpoint/test-cloud.ts"
import { Queues, sqs } from "../src/services/sqs/index.ts"

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
      Bills: { type: "AWS::SQS::Queue", properties: { QueueName: "bills" } },
      Later: { type: "AWS::SQS::Queue", properties: { QueueName: "later" } },
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
  // What AWS's SDKs show of it is the code of the old query protocol; the log says the same.
  expect([error.name, running.calls.since(0).at(-1)?.error]).toEqual(["AccessDenied", "AccessDenied"])
  expect(error.$metadata.httpStatusCode).toBe(403)
  expect(error.message).toBe(
    `User: arn:aws:sts::123456789012:assumed-role/producer-role/producer is not authorized to perform: sqs:ReceiveMessage on resource: ${arn("work")} because no identity-based policy allows the sqs:ReceiveMessage action`,
  )
})

test("errors reach the SDK under AWS's names and statuses, and the call log says the same", async () => {
  const QueueUrl = url("work")
  const cases = [
    [new SendMessageCommand({ QueueUrl: url("nothing"), MessageBody: "x" }), "QueueDoesNotExist", 400],
    [new SendMessageBatchCommand({ QueueUrl, Entries: [] }), "EmptyBatchRequest", 400],
    [new DeleteMessageCommand({ QueueUrl, ReceiptHandle: "nonsense" }), "ReceiptHandleIsInvalid", 404],
    [new CreateQueueCommand({ QueueName: "work", Attributes: { DelaySeconds: "9" } }), "QueueNameExists", 400],
    [new SendMessageCommand({ QueueUrl, MessageBody: "\u0000" }), "InvalidMessageContents", 400],
    [new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 11 }), "InvalidParameterValue", 400],
    [new SendMessageCommand({ QueueUrl, MessageBody: "" }), "MissingParameter", 400],
  ] as const
  for (const [command, name, status] of cases) {
    const error = await client()
      .send(command as SendMessageCommand)
      .catch((thrown) => thrown)
    expect([error.name, error.$metadata?.httpStatusCode]).toEqual([name, status])
    expect(running.calls.since(0).at(-1)).toMatchObject({ error: name, status, decision: "allow" })
  }
  await client().send(new PurgeQueueCommand({ QueueUrl: url("dead") }))
  const again = await client()
    .send(new PurgeQueueCommand({ QueueUrl: url("dead") }))
    .catch((thrown) => thrown)
  expect([again.name, again.$metadata.httpStatusCode]).toEqual(["PurgeQueueInProgress", 403])
})

test("on the wire an error has its shape in the body and the query protocol's code in a header", async () => {
  const authorization =
    "AWS4-HMAC-SHA256 Credential=AKIAADMIN/20300101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0"
  const post = (operation: string, input: object) =>
    fetch(running.awsUrl, {
      method: "POST",
      headers: { authorization, "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${operation}` },
      body: JSON.stringify(input),
    })
  const missing = await post("ReceiveMessage", { QueueUrl: url("nothing") })
  expect([missing.status, missing.headers.get("content-type"), missing.headers.get("x-amzn-query-error")]).toEqual([
    400,
    "application/x-amz-json-1.0",
    "AWS.SimpleQueueService.NonExistentQueue;Sender",
  ])
  expect(await missing.json()).toEqual({
    __type: "com.amazonaws.sqs#QueueDoesNotExist",
    message: "The specified queue does not exist.",
  })
  const invalid = await post("ReceiveMessage", { QueueUrl: url("work"), WaitTimeSeconds: 21 })
  expect(invalid.headers.get("x-amzn-query-error")).toBe("InvalidParameterValue;Sender")
  expect(((await invalid.json()) as any).__type).toBe("com.amazon.coral.service#InvalidParameterValueException")
  for (const operation of ["AddPermissions", "ReceiveMessages"]) {
    const answer = await post(operation, { QueueUrl: url("work") })
    expect([answer.status, ((await answer.json()) as any).message]).toEqual([
      400,
      `NOT_SIMULATED: sqs.${operation}: the local cloud has no engine for it.`,
    ])
  }
})

test("a call is billed by 64 KB of payload: 130 KB are three requests, sent and received", async () => {
  await client().send(new SendMessageCommand({ QueueUrl: url("bills"), MessageBody: "x".repeat(130 * 1024) }))
  const { Messages } = await client().send(new ReceiveMessageCommand({ QueueUrl: url("bills") }))
  await client().send(new DeleteMessageCommand({ QueueUrl: url("bills"), ReceiptHandle: Messages![0]!.ReceiptHandle }))
  expect(
    running.calls
      .since(0)
      .slice(-3)
      .map(({ operation, units }) => [operation, units]),
  ).toEqual([
    ["SendMessage", { requests: 3 }],
    ["ReceiveMessage", { requests: 3 }],
    ["DeleteMessage", { requests: 1 }],
  ])
})

test("moving the cloud's clock ends visibility for a receiver that waits", async () => {
  await client().send(new SendMessageCommand({ QueueUrl: url("later"), MessageBody: "later" }))
  const [{ ReceiptHandle } = {}] = (await client().send(new ReceiveMessageCommand({ QueueUrl: url("later") }))).Messages!
  await client().send(new ChangeMessageVisibilityCommand({ QueueUrl: url("later"), ReceiptHandle, VisibilityTimeout: 43_000 }))
  const poll = client().send(new ReceiveMessageCommand({ QueueUrl: url("later"), WaitTimeSeconds: 20 }))
  const isWaiting = () => running.calls.since(0).at(-1)?.operation === "ChangeMessageVisibility"
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(isWaiting()).toBe(true)
  running.cloud.clock.advance(43_000_000)
  const empty = await poll
  // Twenty seconds were over long before the message came back.
  expect(empty.Messages).toBeUndefined()
  const { Messages } = await client().send(new ReceiveMessageCommand({ QueueUrl: url("later"), WaitTimeSeconds: 20 }))
  expect(Messages?.[0]?.Body).toBe("later")
})

test("what was acknowledged outlives a process that is killed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "backline-sqs-"))
  try {
    const sender = join(import.meta.dirname, "support", "sqs-sender.ts")
    const child = spawn(process.execPath, ["--import", "tsx", sender, folder], { stdio: ["ignore", "pipe", "inherit"] })
    const acknowledged: string[] = []
    const lines = createInterface({ input: child.stdout })
    lines.on("line", (id) => {
      acknowledged.push(id)
      if (acknowledged.length === 500) child.kill("SIGKILL")
    })
    await new Promise((resolve) => lines.once("close", resolve))
    const queues = new Queues()
    queues.open(folder, Date.now())
    const { messages } = queues.get("jobs")
    expect(acknowledged.length).toBeGreaterThanOrEqual(500)
    expect(acknowledged.filter((id) => !messages.has(id))).toEqual([])
    queues.close()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
