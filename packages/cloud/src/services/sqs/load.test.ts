import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { Queues } from "./queues.ts"
import { type QueueCloud, queueCloud } from "./testing.ts"

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "backline-sqs-"))))
afterEach(() => rmSync(folder, { recursive: true }))

function fill({ queues, cloud }: QueueCloud, name: string, count: number): void {
  const now = cloud.now()
  const times = { sentAt: now, enteredAt: now, visibleAt: now }
  const draft = { body: "x".repeat(100), md5: "x", sender: "x", size: 100, ...times, receives: 0, receivesHere: 0 }
  for (let from = 0; from < count; from += 10) {
    const drafts = Array.from({ length: 10 }, (_, n) => ({
      ...draft,
      id: crypto.randomUUID(),
      group: `g${(from + n) % (count / 10)}`,
      deduplicationId: String(from + n),
    }))
    queues.send(queues.get(name), drafts, now)
  }
}

/** Receives and deletes ten messages; milliseconds. */
async function cycle({ receive, send, url }: QueueCloud, name: string): Promise<number> {
  const started = performance.now()
  const Entries = (await receive(name)).map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }))
  expect((await send("DeleteMessageBatch", { QueueUrl: url(name), Entries })).Successful).toHaveLength(10)
  return performance.now() - started
}

test("a receive costs the same with 48,000 messages waiting as with 4,000, and all are back after a restart", async () => {
  const FIFO = { FifoQueue: "true" }
  const world = await queueCloud({ small: {}, large: {}, "small.fifo": FIFO, "large.fifo": FIFO }, { data: folder })
  const started = performance.now()
  for (const name of ["small", "small.fifo"]) fill(world, name, 4_000)
  for (const name of ["large", "large.fifo"]) fill(world, name, 48_000)
  const sent = performance.now()
  const spent = { small: 0, large: 0, "small.fifo": 0, "large.fifo": 0 }
  for (let round = 0; round < 200; round++) {
    if (round % 100 === 0) world.cloud.advance(1_000)
    // In turn, so that whatever else the machine does slows down all of them.
    for (const name of Object.keys(spent) as (keyof typeof spent)[]) spent[name] += await cycle(world, name)
  }
  const received = performance.now()
  const again = new Queues()
  again.open(folder, world.cloud.now())
  const restored = performance.now()
  expect(again.all().map(({ messages }) => messages.size)).toEqual([2_000, 46_000, 2_000, 46_000])
  again.close()
  const rate = (count: number, ms: number) => Math.round((count / ms) * 1000)
  console.log(
    `sqs: ${rate(104_000, sent - started)} sent/s, ${rate(8_000, received - sent)} received and deleted/s, 96,000 restored in ${Math.round(restored - received)} ms`,
  )
  // Looking at all messages would cost ten times as much.
  expect(spent.large).toBeLessThan(4 * spent.small)
  expect(spent["large.fifo"]).toBeLessThan(4 * spent["small.fifo"])
})
