import { PublishCommand, SubscribeCommand } from "@aws-sdk/client-sns"
import { afterAll, beforeAll, expect, test } from "vitest"
import { functionNamed, queue, queueNamed, snsCloud, topicNamed } from "../testing.ts"

const NEWS = topicNamed("news")
let c: Awaited<ReturnType<typeof snsCloud>>
beforeAll(async () => {
  c = await snsCloud({
    News: { type: "AWS::SNS::Topic", properties: { TopicName: "news" } },
    Line: { type: "AWS::SNS::Topic", properties: { TopicName: "line.fifo", FifoTopic: true } },
    ...queue("inbox", NEWS),
  })
})
afterAll(() => c?.stop())

const subscribe = (Protocol: string, Endpoint: string, Attributes: Record<string, string> = {}, TopicArn = NEWS) =>
  c.sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes }))

test("a subscriber gets what is published from now on; the same one again is the same subscription", async () => {
  await c.sns.send(new PublishCommand({ TopicArn: NEWS, Message: "before" }))
  const { SubscriptionArn } = await subscribe("sqs", queueNamed("inbox"))
  expect(SubscriptionArn).toMatch(new RegExp(`^${NEWS}:[0-9a-f-]{36}$`))
  expect((await subscribe("sqs", queueNamed("inbox"))).SubscriptionArn).toBe(SubscriptionArn)
  await expect(subscribe("sqs", queueNamed("inbox"), { RawMessageDelivery: "true" })).rejects.toThrow("different attributes")
  await c.sns.send(new PublishCommand({ TopicArn: NEWS, Message: "after" }))
  expect((await c.receive("inbox")).map(({ body }) => body.Message)).toEqual(["after"])
})

test("e-mail waits for its confirmation and gets nothing, which the log says", async () => {
  const lines: string[] = []
  c.cloud.log = (_, line) => void lines.push(line)
  expect((await subscribe("email", "ops@example.com")).SubscriptionArn).toBe("pending confirmation")
  await c.sns.send(new PublishCommand({ TopicArn: NEWS, Message: "alarm", Subject: "Disk is full" }))
  expect(lines).toEqual([
    expect.stringMatching(/news: message \S+ is not mailed to ops@example.com: .*confirmation \(Disk is full\)/),
  ])
})

test.each<[string, string, Record<string, string>, string, string?]>([
  ["https", "https://example.com", {}, "NOT_SIMULATED: protocol https"],
  ["sms", "+43", {}, "NOT_SIMULATED: protocol sms"],
  ["sqs", functionNamed("f"), {}, "SQS endpoint ARN"],
  ["lambda", functionNamed("f"), { RawMessageDelivery: "true" }, "does not support raw message delivery"],
  ["sqs", queueNamed("other"), { DeliveryPolicy: "{}" }, "NOT_SIMULATED: subscription attribute DeliveryPolicy"],
  ["sqs", queueNamed("other"), { FilterPolicy: '{"a":[{"regex":"x"}]}' }, "Unrecognized match type regex"],
  ["sqs", queueNamed("other"), { FilterPolicy: "{" }, "failed to parse JSON"],
  ["sqs", queueNamed("other"), { FilterPolicy: '{"a":{"b":["c"]}}' }, "does not support nested filter policy"],
  ["sqs", queueNamed("other"), { FilterPolicyScope: "Body" }, "FilterPolicyScope: Invalid value [Body]"],
  ["sqs", queueNamed("other"), { RedrivePolicy: '{"deadLetterTargetArn":"nowhere"}' }, "must name an SQS queue"],
  ["lambda", functionNamed("f"), {}, "a FIFO topic delivers to queues only", topicNamed("line.fifo")],
  ["sqs", queueNamed("x.fifo"), {}, "can not be subscribed to standard SNS topics"],
])(
  "what AWS or a laptop does not do is refused by name: %s %s %j",
  async (protocol, endpoint, attributes, message, topic = NEWS) => {
    await expect(subscribe(protocol, endpoint, attributes, topic)).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringContaining(message),
    })
  },
)

test("a filter policy keeps SNS's limits on keys and combinations", async () => {
  const list = (count: number) => Array.from({ length: count }, (_, n) => `v${n}`)
  const wide = Object.fromEntries(list(6).map((key) => [key, ["a"]]))
  await expect(subscribe("sqs", queueNamed("other"), { FilterPolicy: JSON.stringify(wide) })).rejects.toThrow("more than 5 keys")
  const deep = { a: list(15), b: list(11) }
  await expect(subscribe("sqs", queueNamed("other"), { FilterPolicy: JSON.stringify(deep) })).rejects.toThrow("165 combinations")
})
