import { randomUUID } from "node:crypto"
import { SendMessageBatchCommand } from "../sqs/index.ts"
import * as z from "zod"
import { sqs } from "../aws.ts"
import { config } from "../config.ts"
import { fn } from "../fn.ts"
import { log } from "../logger.ts"
import * as Roster from "../roster/index.ts"
import { Frame, postAll } from "./post.ts"

/** One frame for one shard of a roster. */
export const Work = z.object({
  topic: z.string(),
  /** A roster at least as new as this hears the frame. */
  version: z.number(),
  shard: z.number().int().min(0),
  frame: Frame,
})
export type Work = z.infer<typeof Work>

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MAX_ENTRIES = 10
const MAX_BATCH_BYTES = 256 * 1024

/** How long frames of a busy topic may wait for one another: half of it is added to their median way. */
const GATHER_MS = 100

/** Hands one frame to the queue, for each shard of the roster. Messages of a shard are a group: the next ones wait until its last ones are posted. */
export async function enqueue(topic: string, version: number, shards: number, frame: Frame): Promise<void> {
  const messages = Array.from({ length: shards }, (_, shard) => {
    const MessageBody = JSON.stringify({ topic, version, shard, frame } satisfies Work)
    return { Id: String(shard), MessageBody, MessageGroupId: `${topic}/${shard}`, MessageDeduplicationId: randomUUID() }
  })
  const perBatch = Math.max(1, Math.min(MAX_ENTRIES, Math.floor(MAX_BATCH_BYTES / Buffer.byteLength(messages[0]!.MessageBody))))
  const batches = Array.from({ length: Math.ceil(shards / perBatch) }, (_, n) => messages.slice(n * perBatch, (n + 1) * perBatch))
  const send = async (Entries: typeof messages) => {
    const { Failed = [] } = await sqs().send(new SendMessageBatchCommand({ QueueUrl: config("FAN_OUT_QUEUE_URL"), Entries }))
    return Entries.filter(({ Id }) => Failed.some((failed) => failed.Id === Id))
  }
  const failed = (await Promise.all(batches.map(send))).flat()
  const again = failed.length > 0 ? await send(failed.slice(0, MAX_ENTRIES)) : []
  const lost = again.length + Math.max(0, failed.length - MAX_ENTRIES)
  if (lost > 0) log.error("frame was not queued for every shard", { topic, lost })
}

async function deliverShard(work: readonly Work[]): Promise<void> {
  const { topic, shard } = work[0]!
  const version = Math.max(...work.map((each) => each.version))
  try {
    await postAll(
      topic,
      await Roster.shard(topic, version, shard),
      work.map(({ frame }) => frame),
    )
  } catch (error) {
    log.error("frames were not posted", { topic, shard, frames: work.length, error })
  }
}

/**
 * Posts what came together: the frames of each shard as one message for each reader. While it runs, the queue holds back what follows for the
 * same shards, so a busy topic sends each reader a message every so often, not one per frame. A full batch means that more waits already.
 */
export const deliverBatch = fn(
  () => z.array(Work),
  async (works): Promise<void> => {
    const until = performance.now() + GATHER_MS
    const shards = new Map<string, Work[]>()
    for (const work of works) {
      const key = `${work.topic}/${work.shard}`
      shards.set(key, [...(shards.get(key) ?? []), work])
    }
    await Promise.all([...shards.values()].map(deliverShard))
    const left = until - performance.now()
    if (works.length < MAX_ENTRIES && left > 0) await new Promise((resolve) => setTimeout(resolve, left))
  },
)
