import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

const FIFO = { FifoQueue: "true" }

test("digests are those that AWS computes, of body, attributes and trace header", async () => {
  const { send, url } = await queueCloud({ jobs: {} })
  const of = async (MessageAttributes: object) =>
    (await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "msg", MessageAttributes })).MD5OfMessageAttributes
  const text = (StringValue: string) => ({ DataType: "String", StringValue })
  // Known answers of AWS itself.
  expect(await of({ Foo: text("Bar") })).toBe("ae7155c6026991b6d54b11589678bf9c")
  expect(await of({ Hello: text("There"), General: text("Kenobi"), "Help.Me": text("Me") })).toBe(
    "4c360f3fdafd970e05fae2f149d997f5",
  )
  const trace = Buffer.from("traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01").toString("base64")
  expect(await of({ attr1: { DataType: "Binary", BinaryValue: trace } })).toBe("8cbe4db156db8a94db8b801b7addb984")
  const answer = await send("SendMessage", {
    QueueUrl: url("jobs"),
    MessageBody: "msg",
    MessageSystemAttributes: { AWSTraceHeader: text("Root=1-5759e988-bd862e3fe1be46a994272793") },
  })
  expect(answer).toMatchObject({ status: 200, MD5OfMessageBody: "6e2baaf3b97dbeef01c0043275f9a0e7" })
  expect(answer.MD5OfMessageSystemAttributes).toMatch(/^[0-9a-f]{32}$/)
  expect(answer.MD5OfMessageAttributes).toBeUndefined()
})

test("a delayed message is visible at its millisecond and not before, also when the queue's delay is another", async () => {
  const { send, url, bodies, cloud } = await queueCloud({ jobs: { DelaySeconds: "5" } })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "by queue" })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "own", DelaySeconds: 2 })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "none", DelaySeconds: 0 })
  expect(await bodies("jobs")).toEqual(["none"])
  cloud.advance(1_999)
  expect(await bodies("jobs")).toEqual([])
  cloud.advance(1)
  expect(await bodies("jobs")).toEqual(["own"])
  cloud.advance(3_000)
  expect(await bodies("jobs")).toEqual(["by queue"])
})

test.each([
  ["no body", {}, "MissingParameter", "The request must contain the parameter MessageBody."],
  ["an empty body", { MessageBody: "" }, "MissingParameter", "The request must contain the parameter MessageBody."],
  ["a control character", { MessageBody: "a\u0000b" }, "InvalidMessageContents", "Invalid characters found."],
  ["half a surrogate pair", { MessageBody: "\ud800" }, "InvalidMessageContents", "Invalid characters found."],
  ["U+FFFE", { MessageBody: "\ufffe" }, "InvalidMessageContents", "Invalid characters found."],
  [
    "a byte too much",
    { MessageBody: "x".repeat(1_025) },
    "InvalidParameterValue",
    "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.",
  ],
  [
    "16 minutes of delay",
    { MessageBody: "x", DelaySeconds: 901 },
    "InvalidParameterValue",
    "Value 901 for parameter DelaySeconds is invalid.",
  ],
  [
    "a deduplication id",
    { MessageBody: "x", MessageDeduplicationId: "a" },
    "InvalidParameterValue",
    "Value a for parameter MessageDeduplicationId is invalid.",
  ],
  [
    "a group with a space",
    { MessageBody: "x", MessageGroupId: "group 123" },
    "InvalidParameterValue",
    "Value group 123 for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.",
  ],
  ["an unknown parameter", { MessageBody: "x", Priority: 1 }, "NotSimulatedException", "NOT_SIMULATED: sqs.SendMessage.Priority"],
  [
    "another system attribute",
    { MessageBody: "x", MessageSystemAttributes: { Other: {} } },
    "InvalidParameterValue",
    "The message system attribute name 'Other' is invalid",
  ],
])("%s is refused as AWS does", async (_, input, code, message) => {
  const { send, url, bodies } = await queueCloud({ jobs: { MaximumMessageSize: "1024" } })
  const answer = await send("SendMessage", { QueueUrl: url("jobs"), ...input })
  expect(answer).toMatchObject({ status: 400, __type: code })
  expect(answer.message).toContain(message)
  expect(await bodies("jobs")).toEqual([])
})

test.each([
  [
    "eleven",
    Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`a${n}`, { DataType: "String", StringValue: "x" }])),
    /Number of message attributes \[11\] exceeds the allowed maximum \[10\]/,
  ],
  ["a reserved name", { "AWS.x": { DataType: "String", StringValue: "x" } }, /reserved/],
  ["a name that ends with a period", { "a.": { DataType: "String", StringValue: "x" } }, /'a\.' is invalid/],
  ["an empty value", { a: { DataType: "String", StringValue: "" } }, /must contain a non-empty value of type 'String'/],
  ["an unknown type", { a: { DataType: "Date", StringValue: "x" } }, /type of message \(user\) attribute 'a' is invalid/],
  ["a number that is none", { a: { DataType: "Number", StringValue: "1o" } }, /Can't cast/],
  ["a forbidden character", { a: { DataType: "String", StringValue: "\u0001" } }, /Invalid characters/],
])("attributes: %s is refused", async (_, MessageAttributes, message) => {
  const { send, url } = await queueCloud({ jobs: {} })
  const answer = await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x", MessageAttributes })
  expect(answer.status).toBe(400)
  expect(answer.message).toMatch(message)
})

test("attributes count into the size", async () => {
  const { send, url } = await queueCloud({ jobs: { MaximumMessageSize: "1024" } })
  const sized = (bytes: number) =>
    send("SendMessage", {
      QueueUrl: url("jobs"),
      MessageBody: "x".repeat(bytes - "kind".length - "String".length - "job".length),
      MessageAttributes: { kind: { DataType: "String", StringValue: "job" } },
    })
  expect((await sized(1_024)).status).toBe(200)
  expect((await sized(1_025)).__type).toBe("InvalidParameterValue")
})

test("a message of 1 MiB fits by default and a byte more does not", async () => {
  const { send, url } = await queueCloud({ jobs: {} })
  expect((await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x".repeat(1_048_576) })).status).toBe(200)
  expect((await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x".repeat(1_048_577) })).message).toBe(
    "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.",
  )
})

test("a FIFO queue wants a group, a way to tell repeats, and no delay of its own", async () => {
  const { send, url } = await queueCloud({ "f.fifo": FIFO })
  const message = { QueueUrl: url("f.fifo"), MessageBody: "x", MessageGroupId: "g", MessageDeduplicationId: "d" }
  expect(await send("SendMessage", { ...message, MessageGroupId: undefined })).toMatchObject({
    __type: "MissingParameter",
    message: "The request must contain the parameter MessageGroupId.",
  })
  expect(await send("SendMessage", { ...message, MessageDeduplicationId: undefined })).toMatchObject({
    __type: "InvalidParameterValue",
    message: "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
  })
  expect((await send("SendMessage", { ...message, DelaySeconds: 2 })).message).toBe(
    "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.",
  )
  expect((await send("SendMessage", { ...message, DelaySeconds: 0 })).SequenceNumber).toMatch(/^\d{20}$/)
})

test("a repeat within five minutes answers the first message and stores nothing, deleted or not", async () => {
  const { send, url, receive, bodies, cloud } = await queueCloud({ "f.fifo": { ...FIFO, ContentBasedDeduplication: "true" } })
  const again = (MessageBody: string, MessageGroupId = "g") =>
    send("SendMessage", { QueueUrl: url("f.fifo"), MessageBody, MessageGroupId })
  const first = await again("hello")
  expect(await again("hello")).toMatchObject({ MessageId: first.MessageId, SequenceNumber: first.SequenceNumber })
  expect((await again("hello", "another-group")).MessageId).toBe(first.MessageId)
  const [message] = await receive("f.fifo")
  await send("DeleteMessage", { QueueUrl: url("f.fifo"), ReceiptHandle: message.ReceiptHandle })
  cloud.advance(299_999)
  await again("hello")
  expect(await bodies("f.fifo")).toEqual([])
  cloud.advance(1)
  expect((await again("hello")).MessageId).not.toBe(first.MessageId)
  expect(await bodies("f.fifo")).toEqual(["hello"])
})

test("with a deduplication scope of messageGroup only the same group's messages are repeats", async () => {
  const { send, url, bodies } = await queueCloud({ "f.fifo": { ...FIFO, DeduplicationScope: "messageGroup" } })
  for (const MessageGroupId of ["a", "b", "a"])
    await send("SendMessage", {
      QueueUrl: url("f.fifo"),
      MessageBody: MessageGroupId,
      MessageGroupId,
      MessageDeduplicationId: "1",
    })
  expect(await bodies("f.fifo")).toEqual(["a", "b"])
})

test("a FIFO queue takes 300 calls a second, unless its limit is per message group", async () => {
  const { send, url, cloud } = await queueCloud({
    "f.fifo": FIFO,
    "high.fifo": { ...FIFO, DeduplicationScope: "messageGroup", FifoThroughputLimit: "perMessageGroupId" },
  })
  const count = async (name: string) => {
    let taken = 0
    for (let n = 0; n < 301; n++)
      if (
        (
          await send("SendMessage", {
            QueueUrl: url(name),
            MessageBody: "x",
            MessageGroupId: "g",
            MessageDeduplicationId: `${n}`,
          })
        ).status === 200
      )
        taken++
    return taken
  }
  expect(await count("high.fifo")).toBe(301)
  expect(await count("f.fifo")).toBe(300)
  expect(
    await send("SendMessage", { QueueUrl: url("f.fifo"), MessageBody: "x", MessageGroupId: "g", MessageDeduplicationId: "x" }),
  ).toMatchObject({
    status: 403,
    __type: "RequestThrottled",
  })
  cloud.advance(1_000)
  expect(
    (await send("SendMessage", { QueueUrl: url("f.fifo"), MessageBody: "x", MessageGroupId: "g", MessageDeduplicationId: "x" }))
      .status,
  ).toBe(200)
})
