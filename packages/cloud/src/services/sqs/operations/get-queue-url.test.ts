import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

test("the URL is the local address, the account and the name", async () => {
  const { send, url, cloud } = await queueCloud({ jobs: {} })
  expect((await send("GetQueueUrl", { QueueName: "jobs" })).QueueUrl).toBe(url("jobs"))
  expect((await send("GetQueueUrl", { QueueName: "jobs", QueueOwnerAWSAccountId: cloud.account })).QueueUrl).toBe(url("jobs"))
})

test("no such queue, another account's queue and no name are refused", async () => {
  const { send } = await queueCloud({ jobs: {} })
  expect((await send("GetQueueUrl", { QueueName: "nothing" })).__type).toBe("QueueDoesNotExist")
  expect((await send("GetQueueUrl", { QueueName: "jobs", QueueOwnerAWSAccountId: "999999999999" })).__type).toBe(
    "QueueDoesNotExist",
  )
  expect((await send("GetQueueUrl")).__type).toBe("MissingParameter")
})

test("a URL on any host names a queue, but not one of another account", async () => {
  const { send, cloud } = await queueCloud({ jobs: {} })
  const purge = (QueueUrl: string) => send("ListQueueTags", { QueueUrl })
  expect((await purge(`https://sqs.us-east-1.amazonaws.com/${cloud.account}/jobs`)).status).toBe(200)
  expect((await purge("https://sqs.us-east-1.amazonaws.com/999999999999/jobs")).__type).toBe("QueueDoesNotExist")
})
