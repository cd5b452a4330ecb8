import { ListSubscriptionsCommand } from "@aws-sdk/client-sns"
import { afterAll, beforeAll, expect, test } from "vitest"
import { ACCOUNT, queueNamed, snsCloud, topicNamed } from "../testing.ts"

const NEWS = topicNamed("news")
let c: Awaited<ReturnType<typeof snsCloud>>
beforeAll(async () => {
  const toQueue = { Protocol: "sqs", Endpoint: queueNamed("inbox") }
  const byMail = { Protocol: "email", Endpoint: "ops@example.com" }
  c = await snsCloud({
    News: { type: "AWS::SNS::Topic", properties: { TopicName: "news", Subscription: [toQueue, byMail] } },
    Other: { type: "AWS::SNS::Topic", properties: { TopicName: "other", Subscription: [toQueue] } },
  })
})
afterAll(() => c?.stop())

test("subscriptions of all topics are listed, with e-mail as pending", async () => {
  const { Subscriptions = [] } = await c.sns.send(new ListSubscriptionsCommand({}))
  expect(Subscriptions.map(({ TopicArn }) => TopicArn!.split(":").at(-1))).toEqual(["news", "news", "other"])
  expect(Subscriptions[0]).toEqual({
    SubscriptionArn: expect.stringContaining(`${NEWS}:`),
    Owner: ACCOUNT,
    Protocol: "sqs",
    Endpoint: queueNamed("inbox"),
    TopicArn: NEWS,
  })
  expect(Subscriptions[1]!.SubscriptionArn).toBe("PendingConfirmation")
})
