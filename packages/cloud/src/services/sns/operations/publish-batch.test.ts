import { PublishBatchCommand } from "@aws-sdk/client-sns"
import { afterAll, beforeAll, expect, test } from "vitest"
import { queue, queueNamed, snsCloud, topicNamed } from "../testing.ts"

const NEWS = topicNamed("news")
let c: Awaited<ReturnType<typeof snsCloud>>
beforeAll(async () => {
  c = await snsCloud({
    News: {
      type: "AWS::SNS::Topic",
      properties: { TopicName: "news", Subscription: [{ Protocol: "sqs", Endpoint: queueNamed("inbox") }] },
    },
    ...queue("inbox", NEWS),
  })
})
afterAll(() => c?.stop())

const publish = (entries: { Id: string; Message: string }[]) =>
  c.sns.send(new PublishBatchCommand({ TopicArn: NEWS, PublishBatchRequestEntries: entries }))

test("the good entries are published, the bad ones are named", async () => {
  const { Successful, Failed } = await publish([
    { Id: "a", Message: "one" },
    { Id: "b", Message: "" },
    { Id: "c", Message: "three" },
  ])
  expect(Successful!.map(({ Id }) => Id)).toEqual(["a", "c"])
  expect(Failed).toEqual([
    { Id: "b", Code: "InvalidParameter", Message: expect.stringContaining("Empty message"), SenderFault: true },
  ])
  const got = await c.receive("inbox", 2)
  expect(got.map(({ body }) => body.Message).sort()).toEqual(["one", "three"])
  expect(got.map(({ body }) => body.MessageId).sort()).toEqual(Successful!.map(({ MessageId }) => MessageId).sort())
})

test("a batch that is not well-formed is refused as a whole", async () => {
  const many = Array.from({ length: 11 }, (_, n) => ({ Id: String(n), Message: "x" }))
  await expect(publish(many)).rejects.toMatchObject({ name: "TooManyEntriesInBatchRequestException" })
  await expect(publish([])).rejects.toMatchObject({ name: "EmptyBatchRequestException" })
  await expect(publish([many[0]!, many[0]!])).rejects.toMatchObject({ name: "BatchEntryIdsNotDistinctException" })
  await expect(publish([{ Id: "a b", Message: "x" }])).rejects.toMatchObject({ name: "InvalidBatchEntryIdException" })
  const half = "x".repeat(140_000)
  await expect(
    publish([
      { Id: "a", Message: half },
      { Id: "b", Message: half },
    ]),
  ).rejects.toMatchObject({ name: "BatchRequestTooLongException" })
})
