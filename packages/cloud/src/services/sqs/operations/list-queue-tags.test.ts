import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

test("tags of the creation are told, and no member where there are none", async () => {
  const { send, url } = await queueCloud({ bare: {} })
  await send("CreateQueue", { QueueName: "jobs", tags: { team: "a" } })
  expect((await send("ListQueueTags", { QueueUrl: url("jobs") })).Tags).toEqual({ team: "a" })
  expect(await send("ListQueueTags", { QueueUrl: url("bare") })).toEqual({ status: 200 })
})
