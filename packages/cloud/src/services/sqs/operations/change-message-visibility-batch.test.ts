import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

test("each entry has its own timeout and its own failure", async () => {
  const { send, url, receive, bodies, cloud } = await queueCloud({ jobs: { VisibilityTimeout: "100" } })
  for (const MessageBody of ["1", "2"]) await send("SendMessage", { QueueUrl: url("jobs"), MessageBody })
  const [one, two] = await receive("jobs")
  const answer = await send("ChangeMessageVisibilityBatch", {
    QueueUrl: url("jobs"),
    Entries: [
      { Id: "one", ReceiptHandle: one.ReceiptHandle, VisibilityTimeout: 1 },
      { Id: "two", ReceiptHandle: two.ReceiptHandle, VisibilityTimeout: 43_201 },
      { Id: "three", ReceiptHandle: "nonsense", VisibilityTimeout: 1 },
    ],
  })
  expect(answer.Successful).toEqual([{ Id: "one" }])
  expect(answer.Failed).toMatchObject([
    { Id: "two", Code: "InvalidParameterValue" },
    { Id: "three", Code: "ReceiptHandleIsInvalid" },
  ])
  cloud.advance(1_000)
  expect(await bodies("jobs")).toEqual(["1"])
  expect((await send("ChangeMessageVisibilityBatch", { QueueUrl: url("jobs"), Entries: [] })).message).toBe(
    "There should be at least one ChangeMessageVisibilityBatchRequestEntry in the request.",
  )
})
