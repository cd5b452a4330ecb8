import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

test("a deleted message does not come back, and deleting it again succeeds", async () => {
  const { send, url, receive, cloud } = await queueCloud({ jobs: { VisibilityTimeout: "1" } })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  const [{ ReceiptHandle }] = await receive("jobs")
  for (const _ of [1, 2]) expect(await send("DeleteMessage", { QueueUrl: url("jobs"), ReceiptHandle })).toEqual({ status: 200 })
  cloud.advance(60_000)
  expect(await receive("jobs")).toEqual([])
})

test("a standard queue deletes by a handle whose visibility is over, but not by one from before the last receive", async () => {
  const { send, url, receive, bodies, cloud } = await queueCloud({ jobs: { VisibilityTimeout: "1" } })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  const [old] = await receive("jobs")
  cloud.advance(1_000)
  const [latest] = await receive("jobs")
  expect((await send("DeleteMessage", { QueueUrl: url("jobs"), ReceiptHandle: old.ReceiptHandle })).status).toBe(200)
  cloud.advance(1_000)
  expect((await send("DeleteMessage", { QueueUrl: url("jobs"), ReceiptHandle: latest.ReceiptHandle })).status).toBe(200)
  expect(await bodies("jobs")).toEqual([])
})

test("a handle of a FIFO queue expires with the visibility, and is good as long as that was extended", async () => {
  const { send, url, receive, cloud } = await queueCloud({ "f.fifo": { FifoQueue: "true", VisibilityTimeout: "10" } })
  await send("SendMessage", { QueueUrl: url("f.fifo"), MessageBody: "x", MessageGroupId: "g", MessageDeduplicationId: "d" })
  const [{ ReceiptHandle: expired }] = await receive("f.fifo")
  cloud.advance(10_000)
  expect(await send("DeleteMessage", { QueueUrl: url("f.fifo"), ReceiptHandle: expired })).toEqual({
    status: 400,
    __type: "InvalidParameterValue",
    message: `Value ${expired} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
  })
  const [{ ReceiptHandle }] = await receive("f.fifo")
  await send("ChangeMessageVisibility", { QueueUrl: url("f.fifo"), ReceiptHandle, VisibilityTimeout: 60 })
  cloud.advance(59_999)
  expect((await send("DeleteMessage", { QueueUrl: url("f.fifo"), ReceiptHandle })).status).toBe(200)
})

test("what is no handle of the queue is ReceiptHandleIsInvalid", async () => {
  const { send, url, receive } = await queueCloud({ jobs: {}, other: {} })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  const [{ ReceiptHandle }] = await receive("jobs")
  for (const [name, handle] of [
    ["jobs", "nonsense"],
    ["other", ReceiptHandle],
  ])
    expect(await send("DeleteMessage", { QueueUrl: url(name), ReceiptHandle: handle })).toMatchObject({
      status: 404,
      __type: "ReceiptHandleIsInvalid",
    })
  expect((await send("DeleteMessage", { QueueUrl: url("jobs") })).__type).toBe("MissingParameter")
})
