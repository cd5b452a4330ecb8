import { PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi"
import * as z from "zod"
import { callbacks } from "../aws.ts"
import { now } from "../clock.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import { log, metric } from "../logger.ts"
import * as table from "./table.ts"

export { Info } from "./table.ts"

/** A connection lives two hours at most; the row a quarter of an hour longer, so that it never goes before its socket. */
const LIFETIME_MS = (2 * 60 + 15) * 60_000

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
const MAX_FRAME_BYTES = 128 * 1024

/** Posts under way at once for one person: tabs, not an audience. */
const PARALLEL = 16

/** Remembers a connection whose socket is about to open. Safe to repeat. */
export const create = fn(table.Info.omit({ connectedAt: true }), async (input) => {
  const connectedAt = now()
  await table.put({ ...input, connectedAt }, connectedAt + LIFETIME_MS)
})

/** Forgets a connection. Safe to repeat, and for one that was never known: `$disconnect` comes late, twice or not at all. */
export const remove = fn(z.object({ connectionId: z.string() }), ({ connectionId }) => table.remove(connectionId))

/** A page of a person's live connections. */
export const byUser = fn(
  z.object({ userId: z.string(), cursor: z.string().optional(), limit: z.number().int().min(1).max(100).default(100) }),
  ({ userId, cursor, limit }) => table.byUser(userId, now(), limit, cursor),
)

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode

function encoded(frame: object): Uint8Array {
  const bytes = new TextEncoder().encode(JSON.stringify(frame))
  if (bytes.length > MAX_FRAME_BYTES)
    throw new AppError(
      "limit",
      "limit.size",
      `A frame holds at most 128 KB; this one has ${bytes.length} bytes. Send it in parts or by reference.`,
    )
  return bytes
}

async function postBytes(connectionId: string, Data: Uint8Array): Promise<"sent" | "gone"> {
  try {
    await callbacks().send(new PostToConnectionCommand({ ConnectionId: connectionId, Data }))
    return "sent"
  } catch (error) {
    if (statusOf(error) !== 410) throw error
    await table.remove(connectionId)
    return "gone"
  }
}

/** Sends one frame to one socket. A dead one is `gone` and its row deleted, never an error; throws `limit.size` above 128 KB. */
export const post = async (connectionId: string, frame: object): Promise<"sent" | "gone"> =>
  postBytes(connectionId, encoded(frame))

/**
 * Sends one frame to every socket of a person. Frames are hints, logs are the truth: a socket that cannot be reached is counted, not thrown,
 * and its client fetches what it missed.
 */
export async function postToUser(userId: string, frame: object): Promise<{ sent: number; gone: number; failed: number }> {
  const data = encoded(frame)
  const counts = { sent: 0, gone: 0, failed: 0 }
  let cursor: string | undefined
  do {
    const page = await byUser({ userId, cursor })
    for (let i = 0; i < page.items.length; i += PARALLEL) {
      const some = page.items.slice(i, i + PARALLEL)
      const outcomes = await Promise.allSettled(some.map(({ connectionId }) => postBytes(connectionId, data)))
      for (const [n, outcome] of outcomes.entries()) {
        counts[outcome.status === "fulfilled" ? outcome.value : "failed"] += 1
        if (outcome.status === "rejected")
          log.warn("frame was not posted", { connectionId: some[n]!.connectionId, error: outcome.reason })
      }
    }
    cursor = page.next
  } while (cursor)
  if (counts.failed > 0) metric({ PostFailures: counts.failed })
  return counts
}

/** Deletes rows whose time is over: TTL alone may take days. */
export async function sweep(): Promise<{ removed: number }> {
  const removed = await table.removeExpired(now())
  log.info("connections were swept", { removed })
  return { removed }
}
