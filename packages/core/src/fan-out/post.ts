import * as z from "zod"
import { type Payload, payloadOf } from "../callbacks.ts"
import { type Delivery, deliver, EPHEMERAL, OF_A_LOG } from "../connection/deliver.ts"
import { remove } from "../connection/remove.ts"
import { now } from "../clock.ts"
import { log, metric } from "../logger.ts"
import { inParallel } from "../parallel.ts"
import type { Entry } from "../roster/index.ts"
import * as Roster from "../roster/index.ts"
import { outgoing } from "../tap/line.ts"
import { note } from "../tap/watch.ts"
import { messagesOf } from "./messages.ts"

export const Frame = z.object({
  /** The frame as JSON: written once, however often it is sent. */
  text: z.string(),
  except: z.string().optional(),
  ephemeral: z.boolean().optional(),
})
export type Frame = z.infer<typeof Frame>

/** Posts under way at once: as many as there are kept sockets. */
const PARALLEL = 64

/** What everybody gets is encoded and hashed once; who is left out of a frame has a message of their own. */
function payloads(frames: readonly Frame[]) {
  const encode = (some: readonly Frame[]): Payload[] => messagesOf(some.map(({ text }) => text)).map(payloadOf)
  const named = new Set(frames.map(({ except }) => except).filter((id) => id !== undefined))
  const all = encode(frames)
  return (connectionId: string): Payload[] =>
    named.has(connectionId) ? encode(frames.filter(({ except }) => except !== connectionId)) : all
}

async function forget(topic: string, entry: Entry): Promise<void> {
  try {
    await remove({ topic, ...entry })
  } catch (error) {
    log.warn("dead connection was not forgotten", { ...entry, error })
  }
}

/**
 * Posts frames to those who listen to a topic, in their order for each; one reader never waits for another. A dead one is forgotten while the others
 * are served. Throws only a denial, after which nobody else is tried.
 */
export async function postAll(
  topic: string,
  entries: readonly Entry[],
  frames: readonly Frame[],
): Promise<Record<Delivery, number>> {
  const readers = [...new Map(entries.map((entry) => [entry.connectionId, entry])).values()]
  const patience = frames.every(({ ephemeral }) => ephemeral) ? EPHEMERAL : OF_A_LOG
  const of = payloads(frames)
  const started = { at: now(), from: performance.now() }
  const counts = { sent: 0, gone: 0, failed: 0 }
  /** Readers who got all of it, not messages. */
  let to = 0
  const forgotten: Promise<void>[] = []
  let refused: { denial: unknown } | undefined
  await inParallel(readers, PARALLEL, async (reader) => {
    let delivery: Delivery | undefined
    for (const payload of of(reader.connectionId)) {
      if (refused) return
      delivery = await deliver(reader.connectionId, payload, patience).catch((denial: unknown) => {
        refused = { denial }
        return "failed" as const
      })
      counts[delivery] += 1
      if (delivery === "gone") forgotten.push(forget(topic, reader))
      if (delivery !== "sent") break
    }
    if (delivery === "sent") to += 1
  })
  const ms = Math.round(performance.now() - started.from)
  note({ topics: [topic] }, () =>
    outgoing(
      frames.map(({ text }) => text),
      { outcome: "posted", to, gone: counts.gone, failed: counts.failed, ms },
      started.at,
    ),
  )
  await Promise.all(forgotten)
  if (forgotten.length > 0) Roster.refresh(topic)
  if (counts.failed > 0) {
    log.warn("frames were not posted", counts)
    metric({ PostFailures: counts.failed })
  }
  if (refused) throw refused.denial
  return counts
}
