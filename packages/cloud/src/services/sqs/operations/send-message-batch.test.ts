import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

const entries = (count: number, more: (n: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, n) => ({ Id: `m${n}`, MessageBody: `body ${n}`, ...more(n) }))

test("all messages of a batch arrive, each with its own answer", async () => {
  const { send, url, bodies } = await queueCloud({ jobs: {} })
  const { Successful, Failed } = await send("SendMessageBatch", { QueueUrl: url("jobs"), Entries: entries(10) })
  expect(Successful.map(({ Id }: { Id: string }) => Id)).toEqual(entries(10).map(({ Id }) => Id))
  expect(Failed).toBeUndefined()
  expect(await bodies("jobs")).toEqual(entries(10).map(({ MessageBody }) => MessageBody))
})

test("a message that is too large or malformed fails alone", async () => {
  const { send, url, bodies } = await queueCloud({ jobs: { MaximumMessageSize: "1024" } })
  const bodiesOf = ["x".repeat(1_025), "good", "bad \u0002"]
  const answer = await send("SendMessageBatch", {
    QueueUrl: url("jobs"),
    Entries: bodiesOf.map((MessageBody, n) => ({ Id: `m${n}`, MessageBody })),
  })
  expect(answer.Successful).toHaveLength(1)
  expect(answer.Failed).toEqual([
    {
      Id: "m0",
      SenderFault: true,
      Code: "InvalidParameterValue",
      Message: "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.",
    },
    expect.objectContaining({ Id: "m2", SenderFault: true, Code: "InvalidMessageContents" }),
  ])
  expect(await bodies("jobs")).toEqual(["good"])
})

test.each([
  ["none", [], "EmptyBatchRequest", "There should be at least one SendMessageBatchRequestEntry in the request."],
  ["eleven", entries(11), "TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10. You have sent 11."],
  ["a repeated id", entries(2, () => ({ Id: "same" })), "BatchEntryIdsNotDistinct", "Id same repeated."],
  [
    "an id with a colon",
    entries(1, () => ({ Id: "a:b" })),
    "InvalidBatchEntryId",
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
  ],
  [
    "too much together",
    entries(2, () => ({ MessageBody: "x".repeat(524_289) })),
    "BatchRequestTooLong",
    "Batch requests cannot be longer than 1048576 bytes. You have sent 1048578 bytes.",
  ],
  [
    "an unknown parameter",
    entries(1, () => ({ Colour: "red" })),
    "NotSimulatedException",
    "NOT_SIMULATED: sqs.SendMessageBatch.Entries.Colour: the local queues do not know this parameter.",
  ],
])("%s: the whole batch is refused and stores nothing", async (_, Entries, __type, message) => {
  const { send, url, bodies } = await queueCloud({ jobs: {} })
  expect(await send("SendMessageBatch", { QueueUrl: url("jobs"), Entries })).toEqual({ status: 400, __type, message })
  expect(await bodies("jobs")).toEqual([])
})

test("repeats within one batch are one message of a FIFO queue, and a missing group refuses all", async () => {
  const { send, url, bodies } = await queueCloud({ "f.fifo": { FifoQueue: "true" } })
  const fifo = (n: number) => ({ MessageGroupId: "g", MessageDeduplicationId: n < 2 ? "same" : String(n) })
  const { Successful } = await send("SendMessageBatch", { QueueUrl: url("f.fifo"), Entries: entries(4, fifo) })
  expect(Successful[1].MessageId).toBe(Successful[0].MessageId)
  expect(new Set(Successful.map(({ SequenceNumber }: { SequenceNumber: string }) => SequenceNumber)).size).toBe(3)
  expect(await bodies("f.fifo")).toEqual(["body 0", "body 2", "body 3"])
  const groupless = entries(2, (n) => ({ MessageGroupId: n === 0 ? "g" : undefined, MessageDeduplicationId: `x${n}` }))
  expect(await send("SendMessageBatch", { QueueUrl: url("f.fifo"), Entries: groupless })).toMatchObject({
    __type: "InvalidParameterValue",
    message: "The request must contain the parameter MessageGroupId.",
  })
})
