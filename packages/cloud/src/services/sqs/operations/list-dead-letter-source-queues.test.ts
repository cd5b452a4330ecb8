import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

test("the queues whose dead letters come here, in pages", async () => {
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: "arn:aws:sqs:us-east-1:111122223333:dead", maxReceiveCount: 1 })
  const { send, url } = await queueCloud({ dead: {}, a: { RedrivePolicy }, b: { RedrivePolicy }, c: {} })
  expect(await send("ListDeadLetterSourceQueues", { QueueUrl: url("dead") })).toEqual({
    status: 200,
    queueUrls: [url("a"), url("b")],
  })
  const first = await send("ListDeadLetterSourceQueues", { QueueUrl: url("dead"), MaxResults: 1 })
  expect(first.queueUrls).toEqual([url("a")])
  const second = await send("ListDeadLetterSourceQueues", { QueueUrl: url("dead"), MaxResults: 1, NextToken: first.NextToken })
  expect(second).toEqual({ status: 200, queueUrls: [url("b")] })
  expect((await send("ListDeadLetterSourceQueues", { QueueUrl: url("c") })).queueUrls).toEqual([])
})
