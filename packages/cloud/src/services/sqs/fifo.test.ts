import { expect, test } from "vitest"
import { queueCloud } from "./testing.ts"

const world = async (attributes: Record<string, string> = {}) => {
  const cloud = await queueCloud({ "f.fifo": { FifoQueue: "true", VisibilityTimeout: "30", ...attributes } })
  const put = (MessageBody: string, MessageGroupId = "g") =>
    cloud.send("SendMessage", { QueueUrl: cloud.url("f.fifo"), MessageBody, MessageGroupId, MessageDeduplicationId: MessageBody })
  const show = (handle: string, VisibilityTimeout = 0) =>
    cloud.send("ChangeMessageVisibility", { QueueUrl: cloud.url("f.fifo"), ReceiptHandle: handle, VisibilityTimeout })
  return { ...cloud, put, show, get: (max: number) => cloud.receive("f.fifo", { MaxNumberOfMessages: max }) }
}

test("a group with a message in flight gives nothing, other groups do", async () => {
  const { put, bodies, get } = await world()
  for (const body of ["a1", "a2", "b1"]) await put(body, body[0])
  expect((await get(1))[0].Body).toBe("a1")
  expect(await bodies("f.fifo")).toEqual(["b1"])
  expect(await bodies("f.fifo")).toEqual([])
})

// As recorded from AWS for three messages of a group that were received together.
test.each([
  [0, []],
  [1, ["foo"]],
  [2, ["foo", "bar"]],
])("a group gives its messages up to the first hidden one: %i shown", async (shown, expected) => {
  const { put, show, bodies, get } = await world()
  for (const body of ["foo", "bar", "baz"]) await put(body)
  const messages = await get(10)
  for (const { ReceiptHandle } of messages.slice(0, shown)) await show(ReceiptHandle)
  expect(await bodies("f.fifo")).toEqual(expected)
})

test("a message that comes back is delivered before those behind it", async () => {
  const { put, bodies, get, cloud } = await world()
  for (const body of ["1", "2", "3"]) await put(body)
  await get(2)
  cloud.advance(30_000)
  await put("4")
  expect(await bodies("f.fifo")).toEqual(["1", "2", "3", "4"])
})

test("one receive gives as much as it can of one group before it goes on to the next", async () => {
  const { put, bodies } = await world()
  for (const body of ["a1", "b1", "a2", "b2", "a3", "b3"]) await put(body, body[0])
  expect(await bodies("f.fifo", { MaxNumberOfMessages: 5 })).toEqual(["a1", "a2", "a3", "b1", "b2"])
})

test("sequence numbers grow, also past what was deleted", async () => {
  const { put, send, url, get } = await world()
  const first = await put("1")
  const [{ ReceiptHandle }] = await get(1)
  await send("DeleteMessage", { QueueUrl: url("f.fifo"), ReceiptHandle })
  const second = await put("2")
  expect(BigInt(second.SequenceNumber)).toBeGreaterThan(BigInt(first.SequenceNumber))
})

test("a queue's delay holds for each message, and a delayed one holds back its group", async () => {
  const { put, bodies, cloud } = await world({ DelaySeconds: "10" })
  await put("1")
  cloud.advance(4_000)
  await put("2")
  cloud.advance(6_000)
  expect(await bodies("f.fifo")).toEqual(["1"])
  cloud.advance(30_000)
  expect(await bodies("f.fifo")).toEqual(["1", "2"])
})
