import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { Queues } from "./queues.ts"
import { SlowQueues } from "./slow-queues.ts"
import { type QueueCloud, queueCloud } from "./testing.ts"

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "backline-sqs-"))))
afterEach(() => rmSync(folder, { recursive: true }))

const journalOf = (data: string) => join(data, "sqs", "journal.jsonl")
const START = Date.UTC(2030, 0, 1)
const ACCOUNT = "arn:aws:sqs:us-east-1:111122223333:"

/** Two standard queues or two FIFO queues, the second the dead letter queue of the first. */
const NAMES = { standard: ["jobs", "dead"], fifo: ["jobs.fifo", "dead.fifo"] } as const
const MOST = 3
const VISIBILITY_S = 10
const RETENTION_S = 120

const attributesOf = (kind: keyof typeof NAMES): Record<string, Record<string, string>> => {
  const [name, dead] = NAMES[kind]
  const common: Record<string, string> = {
    VisibilityTimeout: String(VISIBILITY_S),
    MessageRetentionPeriod: String(RETENTION_S),
    ...(kind === "fifo" && { FifoQueue: "true" }),
  }
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: ACCOUNT + dead, maxReceiveCount: MOST })
  return { [dead]: common, [name]: { ...common, RedrivePolicy } }
}

type Step =
  | { do: "send"; delay: number; group: string; key: string }
  | { do: "receive"; queue: 0 | 1; max: number }
  | { do: "delete" | "change"; which: number; seconds: number }
  | { do: "advance"; ms: number }

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("send" as const),
        delay: fc.constantFrom(0, 0, 0, 1, 20),
        group: fc.constantFrom("a", "b", "c"),
        key: fc.constantFrom("1", "2", "3", "4", "5", "6", "7", "8"),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("receive" as const),
        queue: fc.constantFrom(0, 0, 0, 1),
        max: fc.integer({ min: 1, max: 5 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), which: fc.nat(30), seconds: fc.constant(0) }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("change" as const), which: fc.nat(30), seconds: fc.constantFrom(0, 0, 3, 30) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("advance" as const),
        ms: fc.constantFrom(1, 999, 1_000, 9_999, 10_000, 30_000, 60_000, 300_000),
      }),
    },
  ),
  { minLength: 5, maxLength: 60 },
) as fc.Arbitrary<Step[]>

interface Received {
  queue: string
  id: string
  receives: number
  handle: string
}

/** Does the steps in the engine and in the slow transcription, and compares whatever both say. */
class Comparison {
  readonly slow: SlowQueues
  readonly received: Received[] = []
  readonly deliveries = new Map<string, number>()
  private sends = 0

  constructor(
    readonly kind: keyof typeof NAMES,
    readonly fast: QueueCloud,
  ) {
    const [name, dead] = NAMES[kind]
    const common = { isFifo: kind === "fifo", visibilityMs: VISIBILITY_S * 1000, retentionMs: RETENTION_S * 1000 }
    this.slow = new SlowQueues([
      { name, ...common, dead: { name: dead, after: MOST } },
      { name: dead, ...common },
    ])
  }

  async take(step: Step): Promise<void> {
    const { cloud } = this.fast
    if (step.do === "advance") cloud.advance(step.ms)
    else if (step.do === "send") await this.send(step)
    else if (step.do === "receive") await this.receive(NAMES[this.kind][step.queue], step.max)
    else await this.use(step)
    for (const name of NAMES[this.kind]) {
      const queue = this.fast.queues.get(name)
      queue.settle(cloud.now())
      expect(queue.counts()).toEqual(this.slow.counts(cloud.now(), name))
    }
  }

  private async send({ delay, group, key }: Extract<Step, { do: "send" }>): Promise<void> {
    const [name] = NAMES[this.kind]
    const isFifo = this.kind === "fifo"
    const body = `body ${this.sends++}`
    const { MessageId } = await this.fast.send("SendMessage", {
      QueueUrl: this.fast.url(name),
      MessageBody: body,
      ...(isFifo ? { MessageGroupId: group, MessageDeduplicationId: key } : { DelaySeconds: delay }),
    })
    const message = isFifo ? { id: MessageId, body, group, key } : { id: MessageId, body, delayMs: delay * 1000 }
    expect(this.slow.send(this.fast.cloud.now(), name, message)).toBe(MessageId)
  }

  private async receive(name: string, max: number): Promise<void> {
    const now = this.fast.cloud.now()
    const messages = await this.fast.receive(name, { MaxNumberOfMessages: max })
    const expected = this.slow.receive(now, name, max)
    expect(messages.map(({ MessageId, Attributes }) => [MessageId, Number(Attributes.ApproximateReceiveCount)])).toEqual(
      expected.map(({ id, receives }) => [id, receives]),
    )
    for (const { MessageId: id, ReceiptHandle: handle, Attributes } of messages) {
      const receives = Number(Attributes.ApproximateReceiveCount)
      const before = this.deliveries.get(id) ?? 0
      this.deliveries.set(id, before + 1)
      // A receive is counted once; a message leaves its first queue after exactly MOST of them.
      expect(receives).toBe(before + 1)
      if (name === NAMES[this.kind][0]) expect(receives).toBeLessThanOrEqual(MOST)
      else expect(receives).toBeGreaterThan(MOST)
      expect(Attributes.DeadLetterQueueSourceArn).toBe(name === NAMES[this.kind][0] ? undefined : ACCOUNT + NAMES[this.kind][0])
      this.received.push({ queue: name, id, receives, handle })
    }
  }

  private async use({ do: what, which, seconds }: Extract<Step, { do: "delete" | "change" }>): Promise<void> {
    const receipt = this.received[this.received.length - 1 - (which % Math.max(1, this.received.length))]
    if (!receipt) return
    const now = this.fast.cloud.now()
    // A handle of the queue where a message no longer is says nothing of where it is now.
    this.slow.expire(now)
    const moved = this.slow.messages.some(({ id, queue }) => id === receipt.id && queue !== receipt.queue)
    if (moved) return
    const input = { QueueUrl: this.fast.url(receipt.queue), ReceiptHandle: receipt.handle }
    if (what === "delete") {
      const { status } = await this.fast.send("DeleteMessage", input)
      expect(status === 200).toBe(this.slow.delete(now, receipt.id, receipt.receives))
    } else {
      const { status } = await this.fast.send("ChangeMessageVisibility", { ...input, VisibilityTimeout: seconds })
      expect(status === 200).toBe(this.slow.change(now, receipt.id, receipt.receives, seconds * 1000))
    }
  }

  /** Whatever is left is delivered in the end, in the order of its group. */
  async drain(): Promise<void> {
    const { cloud } = this.fast
    this.slow.expire(cloud.now())
    const left = new Set(this.slow.messages.map(({ id }) => id))
    const seen = new Set<string>()
    for (let round = 0; round < 10; round++) {
      for (const name of NAMES[this.kind])
        for (;;) {
          const from = this.received.length
          await this.receive(name, 10)
          const got = this.received.slice(from)
          if (got.length === 0) break
          for (const { id, handle } of got) {
            seen.add(id)
            const { status } = await this.fast.send("DeleteMessage", { QueueUrl: this.fast.url(name), ReceiptHandle: handle })
            expect(status).toBe(200)
            this.slow.messages = this.slow.messages.filter((each) => each.id !== id)
          }
        }
      cloud.advance(10_000)
      for (const { id } of this.slow.messages) if (cloud.now() >= this.expiryOf(id)) left.delete(id)
      this.slow.expire(cloud.now())
    }
    for (const id of left) expect(seen.has(id)).toBe(true)
  }

  private expiryOf(id: string): number {
    return this.slow.messages.find((each) => each.id === id)!.sentAt + RETENTION_S * 1000
  }
}

describe.each(["standard", "fifo"] as const)("a %s queue and its dead letter queue", (kind) => {
  test("do what the documented rules say, for any calls and clock moves", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (given) => {
        const comparison = new Comparison(kind, await queueCloud(attributesOf(kind), { now: START }))
        for (const step of given) await comparison.take(step)
        await comparison.drain()
      }),
      { numRuns: 250 },
    )
  })

  test("go on as if nothing had happened when the process ends after any step", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.array(fc.nat(60), { maxLength: 4 }), async (given, ends) => {
        const data = mkdtempSync(join(folder, "run-"))
        const first = await queueCloud(attributesOf(kind), { data, now: START })
        const comparison = new Comparison(kind, first)
        for (const [index, step] of given.entries()) {
          if (ends.includes(index)) {
            // Killed, not closed: only what is in the file is there. The machine's clock goes on.
            const { cloud } = comparison.fast
            Object.assign(comparison, { fast: await queueCloud({}, { data, now: cloud.now() }) })
          }
          await comparison.take(step)
        }
        await comparison.drain()
      }),
      { numRuns: 60 },
    )
  })

  test("are the same again after every prefix of the journal, and a line that was cut short is nothing", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), async (given, cut) => {
        const data = mkdtempSync(join(folder, "run-"))
        const world = await queueCloud(attributesOf(kind), { data, now: START })
        const comparison = new Comparison(kind, world)
        const states: { size: number; now: number; changes: unknown }[] = []
        const note = () => {
          const now = world.cloud.now()
          states.push({ size: statSync(journalOf(data)).size, now, changes: structuredClone(world.queues.changes(now)) })
        }
        note()
        for (const step of given) {
          await comparison.take(step)
          note()
        }
        const bytes = readFileSync(journalOf(data))
        for (const { size, now, changes } of states) {
          const copy = mkdtempSync(join(folder, "copy-"))
          mkdirSync(dirname(journalOf(copy)))
          // A step may write several lines; what is cut must be less than one.
          const next = bytes.indexOf(10, size)
          const torn = next < 0 ? 0 : cut % (next - size + 1)
          writeFileSync(journalOf(copy), bytes.subarray(0, size + torn))
          const again = new Queues()
          again.open(copy, now)
          expect(JSON.stringify(again.changes(now))).toBe(JSON.stringify(changes))
          again.close()
        }
      }),
      { numRuns: 25 },
    )
  })
})

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

test("100,000 messages are received, deleted and restored without looking at all of them", async () => {
  const { queues, cloud, receive, send, url } = await queueCloud(
    { jobs: {}, "f.fifo": { FifoQueue: "true" } },
    { data: folder, now: START },
  )
  const now = cloud.now()
  const draft = {
    body: "x".repeat(100),
    md5: "x",
    sender: "x",
    size: 100,
    sentAt: now,
    enteredAt: now,
    visibleAt: now,
    receives: 0,
    receivesHere: 0,
  }
  const started = performance.now()
  for (const name of ["jobs", "f.fifo"])
    for (let from = 0; from < 50_000; from += 10)
      queues.send(
        queues.get(name),
        Array.from({ length: 10 }, (_, n) => ({
          ...draft,
          id: crypto.randomUUID(),
          group: `g${(from + n) % 5_000}`,
          deduplicationId: String(from + n),
        })),
        now,
      )
  const sent = performance.now()
  for (let n = 0; n < 2_000; n++) {
    if (n % 250 === 0) cloud.advance(1_000)
    const name = n % 2 === 0 ? "jobs" : "f.fifo"
    const Entries = (await receive(name)).map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }))
    expect((await send("DeleteMessageBatch", { QueueUrl: url(name), Entries })).Successful).toHaveLength(10)
  }
  const received = performance.now()
  const again = new Queues()
  again.open(folder, cloud.now())
  const restored = performance.now()
  expect(again.get("jobs").messages.size + again.get("f.fifo").messages.size).toBe(80_000)
  again.close()
  const rate = (count: number, ms: number) => Math.round((count / ms) * 1000)
  console.log(
    `sqs: ${rate(100_000, sent - started)} sent/s, ${rate(20_000, received - sent)} received and deleted/s at 80,000 waiting, restored in ${Math.round(restored - received)} ms`,
  )
  expect(restored - received).toBeLessThan(3_000)
})
