import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

test("a queue has the defaults of AWS", async () => {
  const { send, url, cloud } = await queueCloud({ jobs: {}, "f.fifo": { FifoQueue: "true" } })
  const of = async (name: string) =>
    (await send("GetQueueAttributes", { QueueUrl: url(name), AttributeNames: ["All"] })).Attributes
  const common = {
    ApproximateNumberOfMessages: "0",
    ApproximateNumberOfMessagesDelayed: "0",
    ApproximateNumberOfMessagesNotVisible: "0",
    CreatedTimestamp: String(cloud.now() / 1000),
    DelaySeconds: "0",
    LastModifiedTimestamp: String(cloud.now() / 1000),
    MaximumMessageSize: "1048576",
    MessageRetentionPeriod: "345600",
    ReceiveMessageWaitTimeSeconds: "0",
    SqsManagedSseEnabled: "true",
    VisibilityTimeout: "30",
  }
  expect(await of("jobs")).toEqual({ ...common, QueueArn: "arn:aws:sqs:us-east-1:111122223333:jobs" })
  expect(await of("f.fifo")).toEqual({
    ...common,
    QueueArn: "arn:aws:sqs:us-east-1:111122223333:f.fifo",
    FifoQueue: "true",
    ContentBasedDeduplication: "false",
    DeduplicationScope: "queue",
    FifoThroughputLimit: "perQueue",
  })
})

test("making a queue again answers its URL, unless an attribute differs", async () => {
  const { send, url } = await queueCloud({ jobs: { DelaySeconds: "1" } })
  expect(await send("CreateQueue", { QueueName: "jobs" })).toEqual({ status: 200, QueueUrl: url("jobs") })
  expect((await send("CreateQueue", { QueueName: "jobs", Attributes: { DelaySeconds: "1" } })).QueueUrl).toBe(url("jobs"))
  expect(await send("CreateQueue", { QueueName: "jobs", Attributes: { DelaySeconds: "2" } })).toEqual({
    status: 400,
    __type: "QueueNameExists",
    message: "A queue already exists with the same name and a different value for attribute DelaySeconds",
  })
})

test("the name of a deleted queue is free after 60 seconds", async () => {
  const { send, url, cloud } = await queueCloud({ jobs: {} })
  await send("DeleteQueue", { QueueUrl: url("jobs") })
  cloud.advance(59_999)
  expect(await send("CreateQueue", { QueueName: "jobs" })).toMatchObject({ status: 400, __type: "QueueDeletedRecently" })
  cloud.advance(1)
  expect((await send("CreateQueue", { QueueName: "jobs" })).status).toBe(200)
})

test.each([
  ["jobs.fifo", {}, "InvalidParameterValue", /Can only include alphanumeric/],
  ["x".repeat(81), {}, "InvalidParameterValue", /1 to 80 in length/],
  ["jobs", { FifoQueue: "true" }, "InvalidParameterValue", /must end with .fifo suffix/],
  ["jobs", { FifoQueue: "false" }, "InvalidAttributeName", /Unknown Attribute FifoQueue\./],
  ["jobs", { ContentBasedDeduplication: "true" }, "InvalidAttributeName", /Unknown Attribute ContentBasedDeduplication\./],
  ["jobs", { DeduplicationScope: "queue" }, "InvalidAttributeName", /only when FifoQueue is set to true/],
  [
    "jobs.fifo",
    { FifoQueue: "true", FifoThroughputLimit: "perMessageGroupId" },
    "InvalidAttributeValue",
    /only when the value for DeduplicationScope is messageGroup/,
  ],
  ["jobs", { VisibilityTimeout: "43201" }, "InvalidAttributeValue", /VisibilityTimeout/],
  ["jobs", { MaximumMessageSize: "1048577" }, "InvalidAttributeValue", /MaximumMessageSize/],
  ["jobs", { MessageRetentionPeriod: "59" }, "InvalidAttributeValue", /MessageRetentionPeriod/],
  ["jobs", { Colour: "red" }, "InvalidAttributeName", /Unknown Attribute Colour\./],
  ["jobs", { Policy: "{" }, "InvalidAttributeValue", /Policy/],
])("%s %j is refused", async (QueueName, Attributes, code, message) => {
  const { send } = await queueCloud()
  const answer = await send("CreateQueue", { QueueName, Attributes })
  expect(answer).toMatchObject({ status: 400, __type: code })
  expect(answer.message).toMatch(message)
  expect((await send("ListQueues")).QueueUrls).toBeUndefined()
})

test("tags at creation need the right to tag too", async () => {
  const { send, cloud, url } = await queueCloud()
  cloud.denied.add("sqs:TagQueue")
  const body = { QueueName: "jobs", tags: { team: "a" } }
  const as = { service: "sqs", target: "AmazonSQS.CreateQueue", as: "producer" }
  expect((await cloud.call({ ...as, body })).json.__type).toBe("AccessDeniedException")
  expect((await cloud.call({ ...as, body: { QueueName: "jobs" } })).status).toBe(200)
  expect((await send("ListQueueTags", { QueueUrl: url("jobs") })).Tags).toBeUndefined()
})
