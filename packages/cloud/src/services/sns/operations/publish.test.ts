import { createVerify } from "node:crypto"
import { PublishCommand } from "@aws-sdk/client-sns"
import { afterAll, beforeAll, expect, test } from "vitest"
import { functionNamed, permission, queue, queueNamed, snsCloud, topicNamed } from "../testing.ts"

const NEWS = topicNamed("news")
const ORDERS = topicNamed("orders.fifo")
const subscription = (topic: string, protocol: string, endpoint: string, more: object = {}) => ({
  type: "AWS::SNS::Subscription",
  properties: { TopicArn: topic, Protocol: protocol, Endpoint: endpoint, ...more },
})

let c: Awaited<ReturnType<typeof snsCloud>>
beforeAll(async () => {
  c = await snsCloud(
    {
      News: { type: "AWS::SNS::Topic", properties: { TopicName: "news" } },
      Orders: { type: "AWS::SNS::Topic", properties: { TopicName: "orders.fifo", FifoTopic: true } },
      ...queue("inbox", NEWS),
      ...queue("raw", NEWS),
      ...queue("filtered", NEWS),
      ...queue("line.fifo", ORDERS, { FifoQueue: true }),
      Listener: { type: "AWS::Lambda::Function", properties: { FunctionName: "listener" } },
      ListenerPermission: permission("listener", NEWS),
      Inbox: subscription(NEWS, "sqs", queueNamed("inbox")),
      Raw: subscription(NEWS, "sqs", queueNamed("raw"), { RawMessageDelivery: true, FilterPolicy: { raw: ["yes"] } }),
      Filtered: subscription(NEWS, "sqs", queueNamed("filtered"), {
        FilterPolicy: { kind: ["urgent", { prefix: "very-" }], size: [{ numeric: [">=", 10] }] },
      }),
      ByFunction: subscription(NEWS, "lambda", functionNamed("listener"), {
        FilterPolicy: { order: { city: ["Wien"] } },
        FilterPolicyScope: "MessageBody",
      }),
      Line: subscription(ORDERS, "sqs", queueNamed("line.fifo")),
    },
    {
      functions: {
        speaker: [{ Effect: "Allow", Action: "sns:Publish", Resource: NEWS }],
        guest: [],
      },
    },
  )
})
afterAll(() => c?.stop())

test("a queue gets the notification that AWS writes, signed with the key at its address", async () => {
  const { MessageId } = await c.sns.send(
    new PublishCommand({
      TopicArn: NEWS,
      Subject: "Hello",
      Message: "doors open at 7 & a half",
      MessageAttributes: { kind: { DataType: "String", StringValue: "plain" } },
    }),
  )
  const [message] = await c.receive("inbox")
  expect(message!.body).toEqual({
    Type: "Notification",
    MessageId,
    TopicArn: NEWS,
    Subject: "Hello",
    Message: "doors open at 7 & a half",
    Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    SignatureVersion: "1",
    Signature: expect.any(String),
    SigningCertURL: expect.stringContaining(c.awsUrl),
    UnsubscribeURL: expect.stringContaining("Action=Unsubscribe&SubscriptionArn=arn:aws:sns:us-east-1:"),
    MessageAttributes: { kind: { Type: "String", Value: "plain" } },
  })
  const { Message, Subject, Timestamp, TopicArn, Signature, SigningCertURL } = message!.body
  const key = await (await fetch(SigningCertURL)).text()
  const said = `Message\n${Message}\nMessageId\n${MessageId}\nSubject\n${Subject}\nTimestamp\n${Timestamp}\nTopicArn\n${TopicArn}\nType\nNotification\n`
  expect(createVerify("RSA-SHA1").update(said).verify(key, Signature, "base64")).toBe(true)
})

test("raw delivery hands over the text and its attributes alone", async () => {
  const MessageAttributes = { raw: { DataType: "String", StringValue: "yes" }, n: { DataType: "Number", StringValue: "7" } }
  await c.sns.send(new PublishCommand({ TopicArn: NEWS, Message: "just this", MessageAttributes }))
  const [message] = await c.receive("raw")
  expect(message!.body).toBe("just this")
  expect(message!.attributes).toMatchObject({ raw: { StringValue: "yes" }, n: { DataType: "Number", StringValue: "7" } })
})

test("a filter on attributes lets through what matches all of its keys", async () => {
  const publish = (kind: string, size: string) =>
    c.sns.send(
      new PublishCommand({
        TopicArn: NEWS,
        Message: `${kind} ${size}`,
        MessageAttributes: {
          kind: { DataType: "String.Array", StringValue: JSON.stringify(["other", kind]) },
          size: { DataType: "Number", StringValue: size },
        },
      }),
    )
  for (const [kind, size] of [
    ["urgent", "9"],
    ["calm", "50"],
    ["very-urgent", "10"],
  ])
    await publish(kind!, size!)
  expect((await c.receive("filtered")).map(({ body }) => body.Message)).toEqual(["very-urgent 10"])
})

test("a filter on the body looks into JSON; a function gets the event that AWS sends, asynchronously", async () => {
  c.functions.taken.length = 0
  for (const Message of ["no json", '{"order":{"city":"Graz"}}', '{"order":{"city":"Wien"}}'])
    await c.sns.send(new PublishCommand({ TopicArn: NEWS, Message }))
  await expect.poll(() => c.functions.taken.length).toBe(1)
  expect(c.functions.taken[0]).toMatchObject({
    function: functionNamed("listener"),
    event: {
      Records: [
        {
          EventSource: "aws:sns",
          EventVersion: "1.0",
          EventSubscriptionArn: expect.stringContaining(`${NEWS}:`),
          Sns: {
            Type: "Notification",
            TopicArn: NEWS,
            Subject: null,
            Message: '{"order":{"city":"Wien"}}',
            MessageAttributes: {},
          },
        },
      ],
    },
  })
})

test("MessageStructure json chooses the text by protocol", async () => {
  await c.receive("inbox", 1)
  const Message = JSON.stringify({ default: "for all", sqs: "for queues" })
  await c.sns.send(new PublishCommand({ TopicArn: NEWS, Message, MessageStructure: "json" }))
  expect((await c.receive("inbox"))[0]!.body.Message).toBe("for queues")
  const bad = c.sns.send(new PublishCommand({ TopicArn: NEWS, Message: '{"sqs":"x"}', MessageStructure: "json" }))
  await expect(bad).rejects.toMatchObject({
    name: "InvalidParameterException",
    message: expect.stringContaining("default entry"),
  })
})

test("a FIFO topic takes a deduplication id once, numbers messages and keeps a group's order", async () => {
  const publish = (n: number, id = `id-${n}`) =>
    c.sns.send(
      new PublishCommand({ TopicArn: ORDERS, Message: String(n), MessageGroupId: `g${n % 3}`, MessageDeduplicationId: id }),
    )
  const first = await publish(0)
  const again = await publish(99, "id-0")
  expect(again).toMatchObject({ MessageId: first.MessageId, SequenceNumber: first.SequenceNumber })
  expect(first.SequenceNumber).toMatch(/^\d{20}$/)
  for (let n = 1; n < 12; n++) await publish(n)
  const got = (await c.receive("line.fifo", 12)).map(({ body }) => Number(body.Message))
  expect([...got].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => n))
  for (const group of [0, 1, 2]) {
    const own = got.filter((n) => n % 3 === group)
    expect(own).toEqual([...own].sort((a, b) => a - b))
  }
  await expect(c.sns.send(new PublishCommand({ TopicArn: ORDERS, Message: "x", MessageGroupId: "g" }))).rejects.toMatchObject({
    message: expect.stringContaining("ContentBasedDeduplication"),
  })
})

test.each([
  [{ Message: "" }, "Empty message"],
  [{ Message: "x".repeat(262_145) }, "Message too long"],
  [{ Message: "x", Subject: "a\nb" }, "Subject"],
  [{ Message: "x", MessageAttributes: { a: { DataType: "Number", StringValue: "many" } } }, "Could not cast"],
  [{ Message: "x", MessageAttributes: { a: { DataType: "Text", StringValue: "b" } } }, "invalid message attribute type"],
  [{ Message: "x", MessageDeduplicationId: "d" }, "not valid for this topic type"],
])("what AWS refuses is refused: %#", async (input, message) => {
  await expect(c.sns.send(new PublishCommand({ TopicArn: NEWS, ...input }))).rejects.toMatchObject({
    name: "InvalidParameterException",
    message: expect.stringContaining(message),
  })
})

test("publishing needs sns:Publish on the topic, and the topic", async () => {
  const Message = "hi"
  await c.snsAs("speaker").send(new PublishCommand({ TopicArn: NEWS, Message }))
  await expect(c.snsAs("guest").send(new PublishCommand({ TopicArn: NEWS, Message }))).rejects.toThrow("sns:Publish")
  await expect(c.sns.send(new PublishCommand({ TopicArn: topicNamed("none"), Message }))).rejects.toMatchObject({
    name: "NotFoundException",
  })
})
