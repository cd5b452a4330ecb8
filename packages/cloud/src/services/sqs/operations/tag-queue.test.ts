import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

test("tags are added and replaced", async () => {
  const { send, url } = await queueCloud({ jobs: {} })
  await send("TagQueue", { QueueUrl: url("jobs"), Tags: { a: "1", b: "2" } })
  expect(await send("TagQueue", { QueueUrl: url("jobs"), Tags: { b: "3", c: "" } })).toEqual({ status: 200 })
  expect((await send("ListQueueTags", { QueueUrl: url("jobs") })).Tags).toEqual({ a: "1", b: "3", c: "" })
})

test("a 51st tag and a key of AWS are refused", async () => {
  const { send, url } = await queueCloud({ jobs: {} })
  const Tags = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`t${n}`, "x"]))
  expect((await send("TagQueue", { QueueUrl: url("jobs"), Tags })).__type).toBe("InvalidParameterValue")
  expect((await send("TagQueue", { QueueUrl: url("jobs"), Tags: { "aws:x": "1" } })).__type).toBe("InvalidParameterValue")
  expect(await send("ListQueueTags", { QueueUrl: url("jobs") })).toEqual({ status: 200 })
})
