import { GetSubscriptionAttributesCommand, SubscribeCommand } from "@aws-sdk/client-sns"
import { afterAll, beforeAll, expect, test } from "vitest"
import { ACCOUNT, queueNamed, snsCloud, topicNamed } from "../testing.ts"

const NEWS = topicNamed("news")
let c: Awaited<ReturnType<typeof snsCloud>>
beforeAll(async () => void (c = await snsCloud({ News: { type: "AWS::SNS::Topic", properties: { TopicName: "news" } } })))
afterAll(() => c?.stop())

test("attributes tell endpoint, filter, scope and delivery", async () => {
  const FilterPolicy = '{"kind":["a"]}'
  const { SubscriptionArn } = await c.sns.send(
    new SubscribeCommand({
      TopicArn: NEWS,
      Protocol: "sqs",
      Endpoint: queueNamed("inbox"),
      Attributes: { FilterPolicy, RawMessageDelivery: "true" },
    }),
  )
  const { Attributes } = await c.sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))
  expect(Attributes).toEqual({
    SubscriptionArn,
    Owner: ACCOUNT,
    Protocol: "sqs",
    Endpoint: queueNamed("inbox"),
    TopicArn: NEWS,
    PendingConfirmation: "false",
    ConfirmationWasAuthenticated: "true",
    RawMessageDelivery: "true",
    FilterPolicyScope: "MessageAttributes",
    FilterPolicy,
  })
})

test("a subscription that is not there is NotFound", async () => {
  const asked = c.sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: `${NEWS}:none` }))
  await expect(asked).rejects.toMatchObject({ name: "NotFoundException" })
})
