import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

test("all messages go, visible, delayed and in flight; once in 60 seconds", async () => {
  const { send, url, receive, cloud } = await queueCloud({ jobs: {}, "f.fifo": { FifoQueue: "true" } })
  for (const DelaySeconds of [0, 0, 5]) await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x", DelaySeconds })
  await receive("jobs", { MaxNumberOfMessages: 1 })
  expect(await send("PurgeQueue", { QueueUrl: url("jobs") })).toEqual({ status: 200 })
  const { Attributes } = await send("GetQueueAttributes", { QueueUrl: url("jobs"), AttributeNames: ["All"] })
  expect(Attributes).toMatchObject({
    ApproximateNumberOfMessages: "0",
    ApproximateNumberOfMessagesNotVisible: "0",
    ApproximateNumberOfMessagesDelayed: "0",
  })
  cloud.advance(59_999)
  expect(await send("PurgeQueue", { QueueUrl: url("jobs") })).toEqual({
    status: 403,
    __type: "PurgeQueueInProgress",
    message: "Only one PurgeQueue operation on jobs is allowed every 60 seconds.",
  })
  cloud.advance(1)
  expect((await send("PurgeQueue", { QueueUrl: url("jobs") })).status).toBe(200)
})

test("a purged group is not locked by what was in flight", async () => {
  const { send, url, receive, bodies } = await queueCloud({ "f.fifo": { FifoQueue: "true" } })
  const put = (MessageBody: string) =>
    send("SendMessage", { QueueUrl: url("f.fifo"), MessageBody, MessageGroupId: "g", MessageDeduplicationId: MessageBody })
  await put("1")
  await receive("f.fifo")
  await send("PurgeQueue", { QueueUrl: url("f.fifo") })
  await put("2")
  expect(await bodies("f.fifo")).toEqual(["2"])
})
