import * as z from "zod"
import { close as closeSocket, type Payload, payloadOf } from "../callbacks.ts"
import { now } from "../clock.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import { log, metric } from "../logger.ts"
import { inParallel } from "../parallel.ts"
import * as Roster from "../roster/index.ts"
import { outgoing } from "../tap/line.ts"
import { note } from "../tap/watch.ts"
import { type Delivery, deliver, OF_A_LOG } from "./deliver.ts"
import { tellLater } from "./departure.ts"
import { LIFETIME_MS, OPENING_MS, TOMBSTONE_MS } from "./lifetime.ts"
import { requirePlace } from "./places.ts"
import * as table from "./table.ts"

export { Departure } from "./departure.ts"
export { check, refresh } from "./session.ts"
export { sweep } from "./sweep.ts"
export { Info, type Ref } from "./table.ts"

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
const MAX_MESSAGE_BYTES = 128 * 1024

/** Posts under way at once for one person: tabs, not an audience. */
const PARALLEL = 16

const Ref = z.object({ connectionId: z.string().min(1), userId: z.string().min(1) })

/*
 * Verbs that only some functions use are marked, and their schemas stand apart, so that bundles of the others leave them out:
 * https://esbuild.github.io/api/#tree-shaking-and-side-effects
 */
const Opened = table.Info.omit({ connectedAt: true })
const Listed = Ref.pick({ userId: true }).extend({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
})
const Whose = Ref.pick({ userId: true })

/** Remembers a connection whose socket is about to open; false where it is known to be over, `limit.connections` where its person has enough. Safe to repeat. */
export const create = /* @__PURE__ */ fn(Opened, async (input) => {
  await requirePlace(input.userId, input.connectionId)
  const connectedAt = now()
  return table.open({ ...input, connectedAt }, connectedAt + LIFETIME_MS)
})

async function leaveLost(ref: table.Ref, topic: string): Promise<void> {
  const { left } = await Roster.lose({ topic, connectionId: ref.connectionId, userId: ref.userId })
  if (left) await tellLater({ topic, userId: ref.userId })
}

/**
 * Forgets a connection and takes it off every topic. Safe to repeat, and before it was known: `$disconnect` comes late, twice, too early or not at
 * all. The row goes first, together with the place in `topic`, where somebody just met it dead: what dies in between is found by the sweep. Gives
 * what it listened to.
 */
export const remove = fn(Ref.extend({ topic: z.string().optional() }), async ({ topic: first, ...ref }): Promise<string[]> => {
  const [{ topics }] = await Promise.all([
    table.close(ref, now(), now() + TOMBSTONE_MS),
    first === undefined ? undefined : leaveLost(ref, first),
  ])
  for (const topic of topics) if (topic !== first) await leaveLost(ref, topic)
  return topics
})

/** A page of a person's live connections. */
export const byUser = fn(
  z.object({ userId: z.string(), cursor: z.string().optional(), limit: z.number().int().min(1).max(100).default(100) }),
  ({ userId, cursor, limit }) => table.byUser(userId, now(), limit, cursor),
)

/** A page of a person's live connections as administrators see them. What is over may lie between them for a while: it is read past. */
export const list = /* @__PURE__ */ fn(Listed, async ({ userId, cursor, limit }) => {
  const found: table.Info[] = []
  let from = cursor
  do {
    const page = await table.byUser(userId, now(), 100, from)
    found.push(...page.items)
    from = page.next
  } while (from !== undefined && found.length <= limit)
  const items = found
    .slice(0, limit)
    .map(({ connectionId, role, connectedAt, expiresAt }) => ({ connectionId, role, connectedAt, expiresAt }))
  return { items, ...(found.length > limit && { next: table.cursorOf(items.at(-1)!.connectionId) }) }
})

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
async function settled(ref: table.Ref, outcome: Promise<Delivery>, isOpening = false): Promise<Delivery> {
  const delivery = await outcome
  if (delivery === "gone" && !isOpening) await remove({ connectionId: ref.connectionId, userId: ref.userId })
  return delivery
}

/** Sends one frame to one socket that has spoken. A dead one is `gone` and forgotten, never an error; throws `limit.size` above 128 KB. */
export const post = async (ref: table.Ref, frame: object): Promise<Delivery> =>
  settled(ref, deliver(ref.connectionId, encoded(frame), OF_A_LOG))

interface Counts {
  sent: number
  gone: number
  failed: number
}

/** Posts to sockets, also to those that are just opening, at most `parallel` at once. A dead one is forgotten; never throws for one that is slow. */
export async function postEach(
  readers: readonly (table.Ref & { connectedAt: number })[],
  payload: Payload,
  parallel: number,
): Promise<Counts> {
  const counts = { sent: 0, gone: 0, failed: 0 }
  await inParallel(readers, parallel, async ({ connectedAt, ...ref }) => {
    const isOpening = now() - connectedAt < OPENING_MS
    counts[await settled(ref, deliver(ref.connectionId, payload, { ...OF_A_LOG, isOpening }), isOpening)] += 1
  })
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

/** Closes a socket from this side and forgets it. */
export const close = fn(Ref, async (ref): Promise<void> => {
  const status = await closeSocket(ref.connectionId).catch(() => undefined)
  if (status === undefined || status >= 500 || status === 429)
    throw new AppError("unavailable", "unavailable.socket", "The socket could not be closed. Try again.")
  await remove(ref)
})

/** As `close`, for a socket that somebody else names: nothing happens where it is over, or is not this person's. Safe to repeat. */
export const closeOne = /* @__PURE__ */ fn(Ref, async (ref): Promise<{ closed: number }> => {
  if (!(await table.find(ref))) return { closed: 0 }
  await close(ref)
  return { closed: 1 }
})

/** Closes every socket of a person: signed out everywhere, disabled, or gone. */
export const closeAll = /* @__PURE__ */ fn(Whose, async ({ userId }): Promise<{ closed: number }> => {
  let closed = 0
  let cursor: string | undefined
  do {
    const page = await byUser({ userId, cursor })
    await inParallel(page.items, PARALLEL, async ({ connectionId }) => {
      await close({ connectionId, userId })
      closed += 1
    })
    cursor = page.next
  } while (cursor)
  return { closed }
})
