import { expect, test } from "vitest"
import { queueCloud, settled } from "../testing.ts"

const text = (StringValue: string) => ({ DataType: "String", StringValue })

test("a received message is hidden for its visibility timeout, to the millisecond, and comes again with a new handle", async () => {
  const { send, url, receive, bodies, cloud } = await queueCloud({ jobs: { VisibilityTimeout: "30" } })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  const sentAt = cloud.now()
  cloud.advance(1_000)
  const [first] = await receive("jobs")
  cloud.advance(29_999)
  expect(await bodies("jobs")).toEqual([])
  cloud.advance(1)
  const [second] = await receive("jobs", { VisibilityTimeout: 5 })
  expect(second.ReceiptHandle).not.toBe(first.ReceiptHandle)
  expect(second).toMatchObject({
    MessageId: first.MessageId,
    Attributes: {
      ApproximateReceiveCount: "2",
      ApproximateFirstReceiveTimestamp: String(sentAt + 1_000),
      SentTimestamp: String(sentAt),
      SenderId: "AIDALOCALADMINISTRATOR",
    },
  })
  cloud.advance(5_000)
  expect(await bodies("jobs")).toEqual(["x"])
})

test("attributes are told as asked for, with the digest of those that are told", async () => {
  const { send, url, receive } = await queueCloud({ jobs: { VisibilityTimeout: "0" } })
  const MessageAttributes = { General: text("Kenobi"), Hello: text("There"), "Help.Me": text("Me") }
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "msg", MessageAttributes })
  const asking = async (...MessageAttributeNames: string[]) => {
    const [message] = await receive("jobs", { MessageAttributeNames, MessageSystemAttributeNames: [] })
    return [
      Object.keys(message.MessageAttributes ?? {})
        .sort()
        .join(" "),
      message.MD5OfMessageAttributes,
      message.Attributes,
    ]
  }
  expect(await asking()).toEqual(["", undefined, undefined])
  expect(await asking("All")).toEqual(["General Hello Help.Me", "4c360f3fdafd970e05fae2f149d997f5", undefined])
  expect((await asking(".*"))[0]).toBe("General Hello Help.Me")
  expect(await asking("General", "Hello")).toEqual(["General Hello", "fca026605781cb4126a1e9044df24232", undefined])
  expect((await asking("Hello", "nothing"))[1]).toBe("a311262e065454b75da111d535b8dacd")
  expect(await asking("Hel.*")).toEqual(["Hello Help.Me", "83fee93c1bcd8b9a5a923ffacdc636c7", undefined])
})

test("AttributeNames and MessageSystemAttributeNames are two names of one list", async () => {
  const { send, url, receive } = await queueCloud({ jobs: { VisibilityTimeout: "0" } })
  await send("SendMessage", {
    QueueUrl: url("jobs"),
    MessageBody: "msg",
    MessageSystemAttributes: { AWSTraceHeader: text("Root=1") },
  })
  const [message] = await receive("jobs", { AttributeNames: ["SenderId"], MessageSystemAttributeNames: ["AWSTraceHeader"] })
  expect(message.Attributes).toEqual({ SenderId: "AIDALOCALADMINISTRATOR", AWSTraceHeader: "Root=1" })
  expect((await send("ReceiveMessage", { QueueUrl: url("jobs"), AttributeNames: ["Odd"] })).__type).toBe("InvalidAttributeName")
})

test.each([
  [
    { MaxNumberOfMessages: 11 },
    "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.",
  ],
  [
    { MaxNumberOfMessages: 0 },
    "Value 0 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.",
  ],
  [{ WaitTimeSeconds: 21 }, "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided."],
  [{ WaitTimeSeconds: -1 }, "Value -1 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided."],
  [
    { VisibilityTimeout: 43_201 },
    "Value 43201 for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= 43200, if provided.",
  ],
])("%j is refused", async (input, message) => {
  const { send, url } = await queueCloud({ jobs: {} })
  expect(await send("ReceiveMessage", { QueueUrl: url("jobs"), ...input })).toEqual({
    status: 400,
    __type: "InvalidParameterValue",
    message,
  })
})

test("a long poll ends with a message that arrives, in the order in which the receivers came", async () => {
  const { send, url, later } = await queueCloud({ jobs: {} })
  const polls = [0, 1, 2].map(() => later("ReceiveMessage", { QueueUrl: url("jobs"), WaitTimeSeconds: 20 }))
  await settled()
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "one" })
  await settled()
  expect(polls.map(({ done }) => done)).toEqual([true, false, false])
  await send("SendMessageBatch", {
    QueueUrl: url("jobs"),
    Entries: ["two", "three"].map((MessageBody) => ({ Id: MessageBody, MessageBody })),
  })
  const answers = await Promise.all(polls.map(({ answer }) => answer))
  expect(answers.map(({ Messages }) => Messages[0].Body)).toEqual(["one", "two", "three"])
})

test("a long poll gets what becomes visible when the clock moves, and ends empty at its own time", async () => {
  const { send, url, receive, later, cloud } = await queueCloud({ jobs: { ReceiveMessageWaitTimeSeconds: "20" } })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "delayed", DelaySeconds: 10 })
  const delayed = later("ReceiveMessage", { QueueUrl: url("jobs"), VisibilityTimeout: 15 })
  await settled()
  cloud.advance(9_999)
  await settled()
  expect(delayed.done).toBe(false)
  cloud.advance(1)
  expect((await delayed.answer).Messages[0].Body).toBe("delayed")
  const again = later("ReceiveMessage", { QueueUrl: url("jobs"), VisibilityTimeout: 60 })
  cloud.advance(15_000)
  expect((await again.answer).Messages[0].Body).toBe("delayed")
  const empty = later("ReceiveMessage", { QueueUrl: url("jobs") })
  cloud.advance(19_999)
  await settled()
  expect(empty.done).toBe(false)
  cloud.advance(1)
  expect(await empty.answer).toEqual({ status: 200 })
  expect(await receive("jobs", { WaitTimeSeconds: 0 })).toEqual([])
})

test("a long poll gets what another receiver gives back, and what a deleted message was holding up", async () => {
  const { send, url, receive, later } = await queueCloud({ jobs: {}, "f.fifo": { FifoQueue: "true" } })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  const [{ ReceiptHandle }] = await receive("jobs")
  const poll = later("ReceiveMessage", { QueueUrl: url("jobs"), WaitTimeSeconds: 20 })
  await send("ChangeMessageVisibility", { QueueUrl: url("jobs"), ReceiptHandle, VisibilityTimeout: 0 })
  expect((await poll.answer).Messages[0].Body).toBe("x")
  for (const MessageBody of ["1", "2"])
    await send("SendMessage", { QueueUrl: url("f.fifo"), MessageBody, MessageGroupId: "g", MessageDeduplicationId: MessageBody })
  const [first] = await receive("f.fifo", { MaxNumberOfMessages: 1 })
  const second = later("ReceiveMessage", { QueueUrl: url("f.fifo"), WaitTimeSeconds: 20 })
  await send("DeleteMessage", { QueueUrl: url("f.fifo"), ReceiptHandle: first.ReceiptHandle })
  expect((await second.answer).Messages[0].Body).toBe("2")
})

test("a receiver that left takes nothing with it, and a poll of a queue that is deleted is told", async () => {
  const { cloud, queues, send, url, bodies, later } = await queueCloud({ jobs: {} })
  const left = new AbortController()
  const poll = queues
    .pollsOf("jobs", cloud.clock)
    .wait(
      () => queues.receive(queues.get("jobs"), cloud.now(), { max: 1, visibilityMs: 1_000 }),
      cloud.now() + 20_000,
      left.signal,
    )
  left.abort()
  expect(await poll).toEqual([])
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  expect(await bodies("jobs")).toEqual(["x"])
  const told = later("ReceiveMessage", { QueueUrl: url("jobs"), WaitTimeSeconds: 20 })
  await settled()
  await send("DeleteQueue", { QueueUrl: url("jobs") })
  expect((await told.answer).__type).toBe("QueueDoesNotExist")
})

test("a message older than the retention period is gone, in flight or not", async () => {
  const { send, url, bodies, cloud } = await queueCloud({ jobs: { MessageRetentionPeriod: "60", VisibilityTimeout: "10" } })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  cloud.advance(59_999)
  expect(await bodies("jobs")).toEqual(["x"])
  cloud.advance(1)
  const { Attributes } = await send("GetQueueAttributes", { QueueUrl: url("jobs"), AttributeNames: ["All"] })
  expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: "0", ApproximateNumberOfMessagesNotVisible: "0" })
})

test("with 120,000 messages in flight a short poll is OverLimit and a long poll waits", async () => {
  const { send, url, queues, cloud, later } = await queueCloud({ jobs: {} })
  const queue = queues.get("jobs")
  const draft = {
    body: "x",
    md5: "x",
    sender: "x",
    size: 1,
    sentAt: cloud.now(),
    enteredAt: cloud.now(),
    visibleAt: cloud.now(),
    receives: 0,
    receivesHere: 0,
  }
  queues.send(
    queue,
    Array.from({ length: 120_001 }, (_, n) => ({ ...draft, id: String(n) })),
    cloud.now(),
  )
  while (queue.counts().inFlight < 120_000) queues.receive(queue, cloud.now(), { max: 10, visibilityMs: 30_000 })
  expect(await send("ReceiveMessage", { QueueUrl: url("jobs") })).toMatchObject({ status: 403, __type: "OverLimit" })
  const poll = later("ReceiveMessage", { QueueUrl: url("jobs"), WaitTimeSeconds: 20 })
  await settled()
  expect(poll.done).toBe(false)
  queues.commit({ kind: "delete", at: cloud.now(), queue: "jobs", id: "0" })
  expect((await poll.answer).Messages).toHaveLength(1)
})

test("the same ReceiveRequestAttemptId gives the same messages and handles while nobody touched them", async () => {
  const { send, url, receive, cloud } = await queueCloud({ "f.fifo": { FifoQueue: "true", VisibilityTimeout: "30" } })
  for (const MessageBody of ["1", "2", "3"])
    await send("SendMessage", {
      QueueUrl: url("f.fifo"),
      MessageBody,
      MessageGroupId: MessageBody,
      MessageDeduplicationId: MessageBody,
    })
  const attempt = { ReceiveRequestAttemptId: "try", MaxNumberOfMessages: 2 }
  const first = await receive("f.fifo", attempt)
  cloud.advance(20_000)
  expect(await receive("f.fifo", attempt)).toEqual(first)
  cloud.advance(29_999)
  expect(await receive("f.fifo", attempt)).toEqual(first)
  await send("DeleteMessage", { QueueUrl: url("f.fifo"), ReceiptHandle: first[0].ReceiptHandle })
  expect((await receive("f.fifo", attempt)).map(({ Body }) => Body)).toEqual(["3"])
  expect((await send("ReceiveMessage", { QueueUrl: url("f.fifo"), ReceiveRequestAttemptId: "" })).__type).toBe(
    "InvalidParameterValue",
  )
})
