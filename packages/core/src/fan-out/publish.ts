import * as z from "zod"
import { now } from "../clock.ts"
import { denialOf } from "../denial.ts"
import { AppError, denied } from "../error.ts"
import { fn } from "../fn.ts"
import { log } from "../logger.ts"
import * as Roster from "../roster/index.ts"
import { outgoing } from "../tap/line.ts"
import { note } from "../tap/watch.ts"
import { busyness } from "./busyness.ts"
import { MAX_MESSAGE_BYTES } from "./messages.ts"
import { type Frame, postAll } from "./post.ts"
import { enqueue } from "./work.ts"
import { Key } from "../text.ts"

const Input = z.looseObject({ type: z.string(), seq: z.number().optional() })

/** Rosters of three levels have about a hundred connections; a function posts to them faster than a queue would. */
const DIRECT_DEPTH = 2

const isBusy = busyness()

async function send(topic: string, frame: Frame, seq: number | undefined): Promise<void> {
  const { version, depth, shards, entries } = await Roster.head(topic)
  const isCrowd = depth > DIRECT_DEPTH
  if (!isBusy(topic, now(), seq) && !isCrowd) await postAll(topic, entries ?? (await Roster.shard(topic, version, 0)), [frame])
  else if (version > 0) {
    const at = now()
    await enqueue(topic, version, shards, frame)
    note({ topics: [topic] }, () => outgoing([frame.text], { outcome: "queued" }, at))
  }
}

/**
 * Sends a frame to every connection that listens to a topic, but not to `except`. Frames are hints, logs are the truth: it throws neither
 * for readers that are dead or slow nor when the roster or the queue does not answer. But it does where this function may not tell them: then nobody hears
 * anything, and whoever caused the frame is to know. `ephemeral` frames are not worth many tries.
 *
 * A small and calm topic is posted here. A crowd, and any topic that this function hears a lot from, goes through a FIFO queue, where frames of a topic
 * wait for one another and leave together: a socket message is then a JSON array of frames.
 */
export const publish = fn(
  () =>
    z.object({
      topic: Key(),
      frame: Input,
      except: Key().optional(),
      ephemeral: z.boolean().optional(),
    }),
  async ({ topic, frame, except, ephemeral }): Promise<void> => {
    const text = JSON.stringify(frame)
    if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES)
      throw new AppError("limit", "limit.size", "A frame holds at most 128 KB. Send it in parts or by reference.")
    try {
      await send(topic, { text, except, ephemeral }, frame.seq)
    } catch (error) {
      log.error("frame was not published", { topic, type: frame.type, error })
      if (denialOf(error)) throw denied(error)
    }
  },
)
