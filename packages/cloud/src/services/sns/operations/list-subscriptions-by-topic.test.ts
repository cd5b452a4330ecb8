import { ListSubscriptionsByTopicCommand } from "@aws-sdk/client-sns"
import { afterAll, beforeAll, expect, test } from "vitest"
import { writeToken } from "../../page-token.ts"
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

test("only the subscriptions of that topic are listed", async () => {
  const { Subscriptions = [] } = await c.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: NEWS }))
  expect(Subscriptions.map(({ TopicArn }) => TopicArn!.split(":").at(-1))).toEqual(["news", "news"])
  expect(Subscriptions[0]).toEqual({
    SubscriptionArn: expect.stringContaining(`${NEWS}:`),
    Owner: ACCOUNT,
    Protocol: "sqs",
    Endpoint: queueNamed("inbox"),
    TopicArn: NEWS,
  })
  expect(Subscriptions[1]!.SubscriptionArn).toBe("PendingConfirmation")
})

test("the token of another list is refused", async () => {
  for (const NextToken of [writeToken(0, { of: "topics" }), writeToken(0, { of: topicNamed("other") }), "5"])
    await expect(c.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: NEWS, NextToken }))).rejects.toThrow("NextToken")
})
