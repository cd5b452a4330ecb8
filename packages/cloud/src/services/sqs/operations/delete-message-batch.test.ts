import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

test("good handles are deleted and bad ones fail alone", async () => {
  const { send, url, receive, cloud } = await queueCloud({ jobs: { VisibilityTimeout: "1" } })
  for (const MessageBody of ["1", "2", "3"]) await send("SendMessage", { QueueUrl: url("jobs"), MessageBody })
  const [first, second] = await receive("jobs", { MaxNumberOfMessages: 2 })
  const Entries = [first.ReceiptHandle, "nonsense", second.ReceiptHandle].map((ReceiptHandle, n) => ({
    Id: `m${n}`,
    ReceiptHandle,
  }))
  const answer = await send("DeleteMessageBatch", { QueueUrl: url("jobs"), Entries })
  expect(answer.Successful).toEqual([{ Id: "m0" }, { Id: "m2" }])
  expect(answer.Failed).toMatchObject([{ Id: "m1", SenderFault: true, Code: "ReceiptHandleIsInvalid" }])
  cloud.advance(1_000)
  expect((await receive("jobs")).map(({ Body }) => Body)).toEqual(["3"])
})

test("an empty batch, one of eleven and one of ids that are none are refused", async () => {
  const { send, url } = await queueCloud({ jobs: {} })
  const of = async (count: number, id = "m") =>
    (
      await send("DeleteMessageBatch", {
        QueueUrl: url("jobs"),
        Entries: Array.from({ length: count }, (_, n) => ({ Id: `${id}${n}`, ReceiptHandle: "x" })),
      })
    ).__type
  expect(await of(0)).toBe("EmptyBatchRequest")
  expect(await of(11)).toBe("TooManyEntriesInBatchRequest")
  expect(await of(1, "invalid:")).toBe("InvalidBatchEntryId")
})
