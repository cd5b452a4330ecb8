import { ListSubscriptionsCommand, PublishCommand, SubscribeCommand, UnsubscribeCommand } from "@aws-sdk/client-sns"
import { afterAll, beforeAll, expect, test } from "vitest"
import { queue, queueNamed, snsCloud, topicNamed } from "../testing.ts"

const NEWS = topicNamed("news")
let c: Awaited<ReturnType<typeof snsCloud>>
beforeAll(async () => {
  c = await snsCloud({ News: { type: "AWS::SNS::Topic", properties: { TopicName: "news" } }, ...queue("inbox", NEWS) })
})
afterAll(() => c?.stop())

const subscribe = () => c.sns.send(new SubscribeCommand({ TopicArn: NEWS, Protocol: "sqs", Endpoint: queueNamed("inbox") }))
const left = async () => (await c.sns.send(new ListSubscriptionsCommand({}))).Subscriptions!.length

test("a subscriber that left gets nothing more; leaving twice is no error", async () => {
  const { SubscriptionArn } = await subscribe()
  await c.sns.send(new UnsubscribeCommand({ SubscriptionArn }))
  await c.sns.send(new UnsubscribeCommand({ SubscriptionArn }))
  expect(await left()).toBe(0)
  await expect(c.sns.send(new UnsubscribeCommand({ SubscriptionArn: "PendingConfirmation" }))).rejects.toThrow("SubscriptionId")
})

test("the link in a notification unsubscribes without a signature; no other operation does", async () => {
  await subscribe()
  await c.sns.send(new PublishCommand({ TopicArn: NEWS, Message: "bye" }))
  const [{ body }] = (await c.receive("inbox")) as unknown as [{ body: any }]
  const listing = await fetch(body.UnsubscribeURL.replace(/Action=.*/, "Action=ListTopics"))
  expect(listing.status).toBe(403)
  expect((await fetch(body.UnsubscribeURL)).status).toBe(200)
  expect(await left()).toBe(0)
})
