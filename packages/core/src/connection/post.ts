import { type Payload, payloadOf } from "../callbacks.ts"
import { now } from "../clock.ts"
import { AppError } from "../error.ts"
import { log, metric } from "../logger.ts"
import { inParallel } from "../parallel.ts"
import { outgoing } from "../tap/line.ts"
import { note } from "../tap/watch.ts"
import { type Delivery, deliver, OF_A_LOG } from "./deliver.ts"
import { OPENING_MS } from "./lifetime.ts"
import { byUser } from "./list.ts"
import { remove } from "./remove.ts"
import type { Ref } from "./table.ts"

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
const MAX_MESSAGE_BYTES = 128 * 1024

/** Posts under way at once for one person: tabs, not an audience. */
const PARALLEL = 16

function encoded(frame: object): Payload {
  const payload = payloadOf(JSON.stringify(frame))
  if (payload.bytes.length <= MAX_MESSAGE_BYTES) return payload
  throw new AppError(
    "limit",
    "limit.size",
    `A frame holds at most 128 KB; this one has ${payload.bytes.length} bytes. Send it in parts or by reference.`,
  )
}

/** A socket that is gone loses its row and its places, whoever finds out. */
async function settled(ref: Ref, outcome: Promise<Delivery>, isOpening = false): Promise<Delivery> {
  const delivery = await outcome
  if (delivery === "gone" && !isOpening) await remove({ connectionId: ref.connectionId, userId: ref.userId })
  return delivery
}

/** Sends one frame to one socket that has spoken. A dead one is `gone` and forgotten, never an error; throws `limit.size` above 128 KB. */
export const post = async (ref: Ref, frame: object): Promise<Delivery> =>
  settled(ref, deliver(ref.connectionId, encoded(frame), OF_A_LOG))

interface Counts {
  sent: number
  gone: number
  failed: number
}

/** Posts to sockets, also to those that are just opening, at most `parallel` at once. A dead one is forgotten; never throws for one that is slow, but for a denial, after which nobody else is tried. */
export async function postEach(
  readers: readonly (Ref & { connectedAt: number })[],
  payload: Payload,
  parallel: number,
): Promise<Counts> {
  const counts = { sent: 0, gone: 0, failed: 0 }
  let refused: { denial: unknown } | undefined
  await inParallel(readers, parallel, async ({ connectedAt, ...ref }) => {
    if (refused) return
    const isOpening = now() - connectedAt < OPENING_MS
    const delivery = deliver(ref.connectionId, payload, { ...OF_A_LOG, isOpening }).catch((denial: unknown) => {
      refused = { denial }
      return "failed" as const
    })
    counts[await settled(ref, delivery, isOpening)] += 1
  })
  if (refused) throw refused.denial
  return counts
}

/**
 * Sends one frame to every socket of a person, also to one that is just opening. Frames are hints, logs are the truth: a socket that cannot be
 * reached is counted, not thrown, and its client fetches what it missed.
 */
export async function postToUser(userId: string, frame: object): Promise<Counts> {
  const payload = encoded(frame)
  const at = now()
  const counts = { sent: 0, gone: 0, failed: 0 }
  let cursor: string | undefined
  do {
    const page = await byUser({ userId, cursor })
    const { sent, gone, failed } = await postEach(page.items, payload, PARALLEL)
    counts.sent += sent
    counts.gone += gone
    counts.failed += failed
    cursor = page.next
  } while (cursor)
  const { sent: to, gone, failed } = counts
  note({ user: userId }, () => outgoing([JSON.stringify(frame)], { outcome: "posted", to, gone, failed }, at))
  if (counts.failed > 0) {
    log.warn("frames were not posted", { userId, ...counts })
    metric({ PostFailures: counts.failed })
  }
  return counts
}
