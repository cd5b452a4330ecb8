import * as z from "zod"
import type { Cloud } from "../service.ts"
import { badInput, json, parsedBody, type Route } from "./route.ts"

/** Far enough for every limit there is; farther, and dates leave what Date can hold. */
const MAX_ADVANCE_MS = 10 * 366 * 24 * 3_600_000

const Move = z.union(
  [z.strictObject({ advanceMs: z.int().min(0).max(MAX_ADVANCE_MS) }), z.strictObject({ set: z.int().min(0) })],
  { error: "send {advanceMs} with milliseconds from 0, or {set} with epoch milliseconds" },
)

const time = (cloud: Cloud) => {
  const now = cloud.now()
  return json(200, { now, iso: new Date(now).toISOString(), aheadMs: now - Date.now() })
}

/** The cloud's time, and how far it is ahead of this machine's. */
export const readClock: Route = { method: "GET", path: "clock", answer: (_, { cloud }) => time(cloud()) }

/** Moves the cloud's time forward: TTL, tokens, tickets, sockets, visibility and schedules follow. */
export const moveClock: Route = {
  method: "POST",
  path: "clock",
  answer({ body }, parts) {
    const move = parsedBody(Move, body)
    if ("refusal" in move) return move.refusal
    const cloud = parts.cloud()
    const ms = "advanceMs" in move.is ? move.is.advanceMs : move.is.set - cloud.now()
    if (ms < 0)
      return badInput(
        `set: the clock only goes forward, because what has expired or been delivered cannot come back; it is ${cloud.now()} now.`,
      )
    if (ms > MAX_ADVANCE_MS) return badInput(`set: one move is at most ${MAX_ADVANCE_MS} ms, ten years.`)
    cloud.clock.advance(ms)
    return time(cloud)
  },
}
