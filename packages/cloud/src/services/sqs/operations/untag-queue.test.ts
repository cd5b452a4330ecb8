import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

test("named tags go, others stay, unknown ones do not matter", async () => {
  const { send, url } = await queueCloud({ jobs: {} })
  await send("TagQueue", { QueueUrl: url("jobs"), Tags: { a: "1", b: "2" } })
  expect(await send("UntagQueue", { QueueUrl: url("jobs"), TagKeys: ["a", "z"] })).toEqual({ status: 200 })
  expect((await send("ListQueueTags", { QueueUrl: url("jobs") })).Tags).toEqual({ b: "2" })
})
