import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

test("a deleted queue is gone with its messages", async () => {
  const { send, url, cloud, bodies } = await queueCloud({ jobs: {} })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  expect(await send("DeleteQueue", { QueueUrl: url("jobs") })).toEqual({ status: 200 })
  for (const operation of ["DeleteQueue", "ReceiveMessage", "GetQueueAttributes", "PurgeQueue", "ListQueueTags"])
    expect(await send(operation, { QueueUrl: url("jobs") })).toEqual({
      status: 400,
      __type: "QueueDoesNotExist",
      message: "The specified queue does not exist.",
    })
  cloud.advance(60_000)
  await send("CreateQueue", { QueueName: "jobs" })
  expect(await bodies("jobs")).toEqual([])
})
