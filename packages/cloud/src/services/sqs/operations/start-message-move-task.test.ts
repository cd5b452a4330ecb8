import { expect, test } from "vitest"
import { type QueueCloud, queueCloud } from "../testing.ts"

const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: "arn:aws:sqs:us-east-1:111122223333:dead", maxReceiveCount: 1 })
const QUEUES = {
  dead: {},
  jobs: { RedrivePolicy, VisibilityTimeout: "0" },
  others: { RedrivePolicy, VisibilityTimeout: "0" },
  elsewhere: {},
}

/** Sends messages and receives them once too often. */
async function kill({ send, url, receive }: QueueCloud, name: string, ...bodies: string[]) {
  for (const MessageBody of bodies) await send("SendMessage", { QueueUrl: url(name), MessageBody })
  await receive(name)
  await receive(name)
}
const statusOf = async ({ send, arn }: QueueCloud) => (await send("ListMessageMoveTasks", { SourceArn: arn("dead") })).Results[0]

test("messages go back to the queues they came from, as new ones that start to count again", async () => {
  const world = await queueCloud(QUEUES)
  const { send, arn, receive, cloud } = world
  await kill(world, "jobs", "1", "2")
  await kill(world, "others", "3")
  const [before] = await receive("dead", { VisibilityTimeout: 0 })
  cloud.advance(60_000)
  expect((await send("StartMessageMoveTask", { SourceArn: arn("dead") })).TaskHandle).toEqual(expect.any(String))
  cloud.advance(1_000)
  expect(await statusOf(world)).toMatchObject({
    Status: "COMPLETED",
    ApproximateNumberOfMessagesMoved: 3,
    ApproximateNumberOfMessagesToMove: 3,
  })
  const jobs = await receive("jobs")
  expect(jobs.map(({ Body }) => Body)).toEqual(["1", "2"])
  expect(jobs[0].MessageId).not.toBe(before.MessageId)
  expect(jobs[0].Attributes).toMatchObject({ ApproximateReceiveCount: "1" })
  expect(Number(jobs[0].Attributes.SentTimestamp)).toBeGreaterThan(Number(before.Attributes.SentTimestamp) + 59_999)
  expect(jobs[0].Attributes.DeadLetterQueueSourceArn).toBeUndefined()
  expect((await receive("others")).map(({ Body }) => Body)).toEqual(["3"])
  expect(await receive("dead")).toEqual([])
})

test("a destination takes them all, at the rate that was asked for", async () => {
  const world = await queueCloud(QUEUES)
  const { send, arn, queues, cloud } = world
  await kill(world, "jobs", ...Array.from({ length: 10 }, (_, n) => String(n)))
  await send("StartMessageMoveTask", {
    SourceArn: arn("dead"),
    DestinationArn: arn("elsewhere"),
    MaxNumberOfMessagesPerSecond: 2,
  })
  const left = () => [queues.get("dead").counts().visible, queues.get("elsewhere").counts().visible]
  cloud.advance(499)
  expect(left()).toEqual([10, 0])
  cloud.advance(1)
  expect(left()).toEqual([9, 1])
  cloud.advance(2_000)
  expect(left()).toEqual([5, 5])
  expect(await statusOf(world)).toMatchObject({
    Status: "RUNNING",
    ApproximateNumberOfMessagesMoved: 5,
    MaxNumberOfMessagesPerSecond: 2,
    TaskHandle: expect.any(String),
  })
  cloud.advance(60_000)
  expect(left()).toEqual([0, 10])
  const ended = await statusOf(world)
  expect(ended).toMatchObject({ Status: "COMPLETED", DestinationArn: arn("elsewhere") })
  expect(ended.TaskHandle).toBeUndefined()
})

test("a task whose destination is deleted fails and drops nothing", async () => {
  const world = await queueCloud(QUEUES)
  const { send, arn, url, queues, cloud } = world
  await kill(world, "jobs", ...Array.from({ length: 10 }, (_, n) => String(n)))
  await send("StartMessageMoveTask", {
    SourceArn: arn("dead"),
    DestinationArn: arn("elsewhere"),
    MaxNumberOfMessagesPerSecond: 1,
  })
  cloud.advance(3_000)
  await send("DeleteQueue", { QueueUrl: url("elsewhere") })
  cloud.advance(3_000)
  expect(await statusOf(world)).toMatchObject({
    Status: "FAILED",
    FailureReason: "AWS.SimpleQueueService.NonExistentQueue",
    ApproximateNumberOfMessagesMoved: 3,
  })
  expect(queues.get("dead").counts().visible).toBe(7)
})

test("a message that never was in a source queue fails the task and stays", async () => {
  const world = await queueCloud(QUEUES)
  const { send, url, arn, bodies, cloud } = world
  await send("SendMessage", { QueueUrl: url("dead"), MessageBody: "direct" })
  await send("StartMessageMoveTask", { SourceArn: arn("dead") })
  cloud.advance(1_000)
  expect(await statusOf(world)).toMatchObject({ Status: "FAILED", FailureReason: "CouldNotDetermineMessageSource" })
  expect(await bodies("dead")).toEqual(["direct"])
})

test("a FIFO group is moved in its order", async () => {
  const redrive = JSON.stringify({ deadLetterTargetArn: "arn:aws:sqs:us-east-1:111122223333:dead.fifo", maxReceiveCount: 1 })
  const { send, arn, url, receive, bodies, cloud } = await queueCloud({
    "dead.fifo": { FifoQueue: "true" },
    "jobs.fifo": { FifoQueue: "true", RedrivePolicy: redrive, VisibilityTimeout: "0" },
  })
  for (const MessageBody of ["1", "2", "3"])
    await send("SendMessage", {
      QueueUrl: url("jobs.fifo"),
      MessageBody,
      MessageGroupId: "g",
      MessageDeduplicationId: MessageBody,
    })
  await receive("jobs.fifo")
  await receive("jobs.fifo")
  await send("StartMessageMoveTask", { SourceArn: arn("dead.fifo") })
  cloud.advance(1_000)
  expect(await bodies("jobs.fifo")).toEqual(["1", "2", "3"])
})

test.each([
  ["no source", {}, 400, "MissingParameter", /SourceArn/],
  [
    "a source that is not there",
    { SourceArn: "nothing" },
    404,
    "ResourceNotFoundException",
    /for the SourceArn parameter doesn't exist/,
  ],
  [
    "a source that is no dead letter queue",
    { SourceArn: "elsewhere" },
    400,
    "InvalidParameterValue",
    /Source queue must be configured as a Dead Letter Queue/,
  ],
  [
    "a destination that is not there",
    { SourceArn: "dead", DestinationArn: "nothing" },
    404,
    "ResourceNotFoundException",
    /for the DestinationArn parameter doesn't exist/,
  ],
  ["a destination of the other kind", { SourceArn: "dead", DestinationArn: "f.fifo" }, 400, "InvalidParameterValue", /same type/],
  ["501 a second", { SourceArn: "dead", MaxNumberOfMessagesPerSecond: 501 }, 400, "InvalidParameterValue", /501/],
])("%s is refused", async (_, input, status, code, message) => {
  const { send, arn } = await queueCloud({ ...QUEUES, "f.fifo": { FifoQueue: "true" } })
  const given = Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, typeof value === "string" ? arn(value) : value]),
  )
  const answer = await send("StartMessageMoveTask", given)
  expect(answer).toMatchObject({ status, __type: code })
  expect(answer.message).toMatch(message)
})

test("a second task of the same queue is refused while one runs", async () => {
  const world = await queueCloud(QUEUES)
  await kill(world, "jobs", "1", "2")
  const start = () => world.send("StartMessageMoveTask", { SourceArn: world.arn("dead"), MaxNumberOfMessagesPerSecond: 1 })
  await start()
  expect((await start()).message).toBe(
    "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
  )
  world.cloud.advance(10_000)
  expect((await start()).status).toBe(200)
})

test("who starts one must be allowed to read and delete at the source and to send to every destination", async () => {
  const { cloud, arn } = await queueCloud(QUEUES)
  const asked = async (body: object) => {
    const names: string[] = []
    for (const action of ["StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "SendMessage"]) {
      cloud.denied.clear()
      cloud.denied.add(`sqs:${action}`)
      const { json } = await cloud.call({ service: "sqs", target: "AmazonSQS.StartMessageMoveTask", body, as: "mover" })
      if (json.__type === "AccessDeniedException") names.push(action)
    }
    return names.length
  }
  expect(await asked({ SourceArn: arn("dead") })).toBe(5)
  expect(await asked({ SourceArn: arn("dead"), DestinationArn: arn("elsewhere") })).toBe(5)
})
