import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

test("the timeout counts from the change, and zero gives the message back at once", async () => {
  const { send, url, receive, bodies, cloud } = await queueCloud({ jobs: { VisibilityTimeout: "30" } })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  const [{ ReceiptHandle }] = await receive("jobs")
  cloud.advance(20_000)
  expect(await send("ChangeMessageVisibility", { QueueUrl: url("jobs"), ReceiptHandle, VisibilityTimeout: 60 })).toEqual({
    status: 200,
  })
  cloud.advance(59_999)
  expect(await bodies("jobs")).toEqual([])
  await send("ChangeMessageVisibility", { QueueUrl: url("jobs"), ReceiptHandle, VisibilityTimeout: 0 })
  expect(await bodies("jobs")).toEqual(["x"])
})

test("a message is hidden for at most twelve hours after it was received", async () => {
  const { send, url, receive, cloud } = await queueCloud({ jobs: {} })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  const [{ ReceiptHandle }] = await receive("jobs", { VisibilityTimeout: 3_600 })
  cloud.advance(1_000)
  const change = (VisibilityTimeout: number) =>
    send("ChangeMessageVisibility", { QueueUrl: url("jobs"), ReceiptHandle, VisibilityTimeout })
  expect((await change(43_200)).message).toBe(
    "Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds]",
  )
  expect((await change(43_199)).status).toBe(200)
  expect((await change(43_201)).__type).toBe("InvalidParameterValue")
})

test("a message that is visible again is not in flight, one that is gone does not exist", async () => {
  const { send, url, receive, cloud } = await queueCloud({ jobs: { VisibilityTimeout: "1" } })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  const [{ ReceiptHandle }] = await receive("jobs")
  cloud.advance(1_000)
  const change = () => send("ChangeMessageVisibility", { QueueUrl: url("jobs"), ReceiptHandle, VisibilityTimeout: 5 })
  expect(await change()).toMatchObject({ status: 400, __type: "MessageNotInflight" })
  await send("DeleteMessage", { QueueUrl: url("jobs"), ReceiptHandle })
  expect((await change()).message).toContain("Message does not exist or is not available for visibility timeout change.")
})
