import fc from "fast-check"
import { expect } from "vitest"
import { SlowQueues } from "./slow-queues.ts"
import type { QueueCloud } from "./testing.ts"

const ACCOUNT = "arn:aws:sqs:us-east-1:111122223333:"

/** Two standard queues or two FIFO queues, the second the dead letter queue of the first. */
export const NAMES = { standard: ["jobs", "dead"], fifo: ["jobs.fifo", "dead.fifo"] } as const
const MOST = 3
const VISIBILITY_S = 10
const RETENTION_S = 120

export const attributesOf = (kind: keyof typeof NAMES): Record<string, Record<string, string>> => {
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

export const steps = fc.array(
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
export class Comparison {
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
