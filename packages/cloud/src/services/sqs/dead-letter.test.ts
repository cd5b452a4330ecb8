import { expect, test } from "vitest"
import { queueCloud } from "./testing.ts"

const ARN = "arn:aws:sqs:us-east-1:111122223333:"
const redrive = (name: string, maxReceiveCount = 2) => JSON.stringify({ deadLetterTargetArn: ARN + name, maxReceiveCount })
const DAY = 86_400_000

test("a message goes to the dead letter queue instead of being received once too often, and says where it came from", async () => {
  const { send, url, receive, bodies, cloud } = await queueCloud({
    dead: {},
    jobs: { RedrivePolicy: redrive("dead"), VisibilityTimeout: "1" },
  })
  const { MessageId } = await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "poison" })
  const sentAt = cloud.now()
  for (const _ of [1, 2]) {
    expect(await bodies("jobs")).toEqual(["poison"])
    cloud.advance(1_000)
  }
  expect(await bodies("dead")).toEqual([])
  expect(await bodies("jobs")).toEqual([])
  const [dead] = await receive("dead")
  expect(dead).toMatchObject({
    MessageId,
    Attributes: { DeadLetterQueueSourceArn: `${ARN}jobs`, SentTimestamp: String(sentAt), ApproximateReceiveCount: "3" },
  })
})

test("the messages behind a dead one are delivered in the same call", async () => {
  const { send, url, bodies } = await queueCloud({
    dead: {},
    jobs: { RedrivePolicy: redrive("dead", 1), VisibilityTimeout: "0" },
  })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "poison" })
  await bodies("jobs")
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "good" })
  expect(await bodies("jobs", { MaxNumberOfMessages: 1 })).toEqual(["good"])
})

test("a standard message keeps its age, so a dead letter queue of four days ends it four days after it was sent", async () => {
  const { send, url, bodies, queues, cloud } = await queueCloud({
    dead: { MessageRetentionPeriod: "345600" },
    jobs: { RedrivePolicy: redrive("dead", 1), VisibilityTimeout: "0" },
  })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  await bodies("jobs")
  cloud.advance(DAY)
  await bodies("jobs")
  cloud.advance(3 * DAY - 1)
  expect(queues.get("dead").messages.size).toBe(1)
  expect(await bodies("dead")).toEqual(["x"])
  cloud.advance(1)
  expect(await bodies("dead")).toEqual([])
})

test("a FIFO message is dead-lettered in its group under its own id, and its age starts anew", async () => {
  const { send, url, bodies, receive, cloud } = await queueCloud({
    "dead.fifo": { FifoQueue: "true", MessageRetentionPeriod: "345600" },
    "jobs.fifo": { FifoQueue: "true", RedrivePolicy: redrive("dead.fifo", 1), VisibilityTimeout: "0" },
  })
  const put = (MessageDeduplicationId: string) =>
    send("SendMessage", { QueueUrl: url("jobs.fifo"), MessageBody: "x", MessageGroupId: "g", MessageDeduplicationId })
  const { MessageId } = await put("same")
  await bodies("jobs.fifo")
  cloud.advance(DAY)
  await put("same")
  await bodies("jobs.fifo")
  cloud.advance(4 * DAY - 1)
  const [dead] = await receive("dead.fifo")
  expect(dead).toMatchObject({ MessageId, Attributes: { MessageGroupId: "g", MessageDeduplicationId: MessageId } })
  cloud.advance(1)
  expect(await bodies("dead.fifo")).toEqual([])
})

test("a receiver that waits at the dead letter queue is woken", async () => {
  const { send, url, bodies, later } = await queueCloud({
    dead: {},
    jobs: { RedrivePolicy: redrive("dead", 1), VisibilityTimeout: "0" },
  })
  const poll = later("ReceiveMessage", { QueueUrl: url("dead"), WaitTimeSeconds: 20 })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  await bodies("jobs")
  await bodies("jobs")
  expect((await poll.answer).Messages[0].Body).toBe("x")
})

test("without its dead letter queue a message is delivered on", async () => {
  const { send, url, bodies } = await queueCloud({
    dead: {},
    jobs: { RedrivePolicy: redrive("dead", 1), VisibilityTimeout: "0" },
  })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  await send("DeleteQueue", { QueueUrl: url("dead") })
  for (const _ of [1, 2, 3]) expect(await bodies("jobs")).toEqual(["x"])
})

test("a receiver that is woken by a dead letter does not get what another one is just being given", async () => {
  const { send, url, receive, queues, cloud, later } = await queueCloud({
    dead: {},
    jobs: { RedrivePolicy: redrive("dead", 1), VisibilityTimeout: "1" },
  })
  for (const MessageBody of ["spent 1", "spent 2"]) await send("SendMessage", { QueueUrl: url("jobs"), MessageBody })
  await receive("jobs")
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "good", DelaySeconds: 1 })
  const poll = later("ReceiveMessage", { QueueUrl: url("jobs"), WaitTimeSeconds: 20, VisibilityTimeout: 30 })
  // All three are visible now, and the alarm that tells the waiting one is a moment late.
  const given = queues.receive(queues.get("jobs"), cloud.now() + 1_000, { max: 10, visibilityMs: 30_000 })
  expect(given.map(({ body, receives }) => [body, receives])).toEqual([["good", 1]])
  cloud.advance(20_000)
  expect((await poll.answer).Messages).toBeUndefined()
  expect(queues.get("dead").counts().visible).toBe(2)
})
