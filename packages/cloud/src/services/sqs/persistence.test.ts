import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { queueCloud } from "./testing.ts"

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "backline-sqs-"))))
afterEach(() => rmSync(folder, { recursive: true }))

const journalOf = (data: string) => join(data, "sqs", "journal.jsonl")
const START = Date.UTC(2030, 0, 1)
const ACCOUNT = "arn:aws:sqs:us-east-1:111122223333:"

test("a cloud without a folder writes nothing", async () => {
  const { send, url, queues } = await queueCloud({ jobs: {} })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  expect(queues.get("jobs").counts().visible).toBe(1)
})

test("repeats, attempts, tags, deleted names and running tasks outlive the process", async () => {
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: `${ACCOUNT}dead`, maxReceiveCount: 1 })
  const given = { dead: {}, jobs: { RedrivePolicy }, gone: {}, "f.fifo": { FifoQueue: "true" } }
  const first = await queueCloud(given, { data: folder, now: START })
  const repeat = { QueueUrl: first.url("f.fifo"), MessageBody: "x", MessageGroupId: "g", MessageDeduplicationId: "d" }
  const { MessageId, SequenceNumber } = await first.send("SendMessage", repeat)
  const [attempt] = await first.receive("f.fifo", { ReceiveRequestAttemptId: "try" })
  await first.send("TagQueue", { QueueUrl: first.url("jobs"), Tags: { team: "a" } })
  await first.send("DeleteQueue", { QueueUrl: first.url("gone") })
  for (let n = 0; n < 4; n++) await first.send("SendMessage", { QueueUrl: first.url("dead"), MessageBody: String(n) })
  await first.send("StartMessageMoveTask", {
    SourceArn: first.arn("dead"),
    DestinationArn: first.arn("jobs"),
    MaxNumberOfMessagesPerSecond: 1,
  })
  first.cloud.advance(1_000)
  for (const rewritten of [false, true]) {
    const now = first.cloud.now()
    const copy = mkdtempSync(join(folder, "copy-"))
    mkdirSync(dirname(journalOf(copy)))
    copyFileSync(journalOf(folder), journalOf(copy))
    // Opening it ahead of its time rewrites it.
    const later = await queueCloud({}, { data: copy, now: rewritten ? now - 86_400_000 : now })
    expect(await later.send("SendMessage", repeat)).toMatchObject({ MessageId, SequenceNumber })
    expect((await later.receive("f.fifo", { ReceiveRequestAttemptId: "try" }))[0].ReceiptHandle).toBe(attempt.ReceiptHandle)
    expect((await later.send("ListQueueTags", { QueueUrl: later.url("jobs") })).Tags).toEqual({ team: "a" })
    expect((await later.send("CreateQueue", { QueueName: "gone" })).__type).toBe("QueueDeletedRecently")
    const left = () => later.queues.get("dead").counts().visible
    expect(left()).toBe(3)
    later.cloud.advance(2_000)
    expect(left()).toBe(1)
  }
})

test("a message that had expired is not brought back by a longer retention period and a restart", async () => {
  const first = await queueCloud({ jobs: { MessageRetentionPeriod: "60" } }, { data: folder, now: START })
  await first.send("SendMessage", { QueueUrl: first.url("jobs"), MessageBody: "x" })
  first.cloud.advance(60_000)
  await first.send("SetQueueAttributes", { QueueUrl: first.url("jobs"), Attributes: { MessageRetentionPeriod: "345600" } })
  const second = await queueCloud({}, { data: folder, now: first.cloud.now() })
  expect([await first.bodies("jobs"), await second.bodies("jobs")]).toEqual([[], []])
})

test("after a run whose clock was moved ahead, what was to happen in a minute still does", async () => {
  const first = await queueCloud({ jobs: {} }, { data: folder, now: START })
  first.cloud.advance(86_400_000)
  await first.send("SendMessage", { QueueUrl: first.url("jobs"), MessageBody: "x", DelaySeconds: 60 })
  const second = await queueCloud({}, { data: folder, now: START })
  second.cloud.advance(59_999)
  expect(await second.bodies("jobs")).toEqual([])
  second.cloud.advance(1)
  expect(await second.bodies("jobs")).toEqual(["x"])
})

test("a journal that has grown far beyond its content is written anew", async () => {
  const { send, url, receive } = await queueCloud({ jobs: {} }, { data: folder, now: START })
  for (let n = 0; n < 30; n++) {
    await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x".repeat(1_000_000) })
    const [{ ReceiptHandle }] = await receive("jobs")
    await send("DeleteMessage", { QueueUrl: url("jobs"), ReceiptHandle })
  }
  expect(statSync(journalOf(folder)).size).toBeLessThan(10_000_000)
  appendFileSync(journalOf(folder), '{"kind":"add","at":1')
  const again = await queueCloud({}, { data: folder, now: START })
  expect(again.queues.get("jobs").counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
})
