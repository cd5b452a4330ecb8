import { GetTopicAttributesCommand } from "@aws-sdk/client-sns"
import { afterAll, beforeAll, expect, test } from "vitest"
import { ACCOUNT, queueNamed, snsCloud, topicNamed } from "../testing.ts"

const NEWS = topicNamed("news")
let c: Awaited<ReturnType<typeof snsCloud>>
beforeAll(async () => {
  const Subscription = [
    { Protocol: "sqs", Endpoint: queueNamed("inbox") },
    { Protocol: "email", Endpoint: "ops@example.com" },
  ]
  c = await snsCloud({
    News: { type: "AWS::SNS::Topic", properties: { TopicName: "news", DisplayName: "News & more", Subscription } },
  })
})
afterAll(() => c?.stop())

test("attributes tell the topic's owner, its settings and how many subscribers confirmed", async () => {
  const { Attributes } = await c.sns.send(new GetTopicAttributesCommand({ TopicArn: NEWS }))
  expect(Attributes).toEqual({
    TopicArn: NEWS,
    Owner: ACCOUNT,
    DisplayName: "News & more",
    SubscriptionsConfirmed: "1",
    SubscriptionsPending: "1",
    SubscriptionsDeleted: "0",
  })
})

test("a topic that is not there is NotFound", async () => {
  const asked = c.sns.send(new GetTopicAttributesCommand({ TopicArn: topicNamed("none") }))
  await expect(asked).rejects.toMatchObject({ name: "NotFoundException", message: "Topic does not exist" })
})
