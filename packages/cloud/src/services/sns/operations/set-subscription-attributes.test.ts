import { PublishCommand, SetSubscriptionAttributesCommand, SubscribeCommand } from "@aws-sdk/client-sns"
import { afterAll, beforeAll, expect, test } from "vitest"
import { queue, queueNamed, snsCloud, topicNamed } from "../testing.ts"

const NEWS = topicNamed("news")
let c: Awaited<ReturnType<typeof snsCloud>>
beforeAll(async () => {
  c = await snsCloud({ News: { type: "AWS::SNS::Topic", properties: { TopicName: "news" } }, ...queue("inbox", NEWS) })
})
afterAll(() => c?.stop())

test("a filter set later counts for what is published later, and goes with an empty value; a bad one changes nothing", async () => {
  const { SubscriptionArn } = await c.sns.send(
    new SubscribeCommand({ TopicArn: NEWS, Protocol: "sqs", Endpoint: queueNamed("inbox") }),
  )
  const set = (AttributeName: string, AttributeValue: string) =>
    c.sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }))
  const publish = (Message: string) => c.sns.send(new PublishCommand({ TopicArn: NEWS, Message }))

  await set("FilterPolicyScope", "MessageBody")
  await set("FilterPolicy", '{"n":[{"numeric":[">",1]}]}')
  await expect(set("FilterPolicy", '{"n":[{"near":1}]}')).rejects.toThrow("Unrecognized match type near")
  await publish('{"n":1}')
  await publish('{"n":2}')
  await set("FilterPolicy", "")
  await publish("anything")
  await expect(set("Colour", "red")).rejects.toThrow("NOT_SIMULATED: subscription attribute Colour")
  expect((await c.receive("inbox", 2)).map(({ body }) => body.Message).sort()).toEqual(["anything", '{"n":2}'])
})
