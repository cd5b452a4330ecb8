import * as z from "zod"
import { requireRole, useUser } from "../actor.ts"
import { now } from "../clock.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import { newId } from "../id.ts"
import { log } from "../logger.ts"
import * as Room from "../room/index.ts"
import { learn } from "./live.ts"
import * as table from "./table.ts"
import { Key } from "../text.ts"

export { type Line, placeOf } from "./line.ts"
export { endOf } from "./tell.ts"
export { note, watched } from "./watch.ts"

/** A page that is open asks again before this is over; what nobody asks for again ends. */
const LEASE_MS = 10 * 60_000
/** Each costs a write and a post for what it catches: a few people who look into something, not a monitor. */
const MOST = 5

const tooMany = (live: number) =>
  new AppError(
    "limit",
    "limit.taps",
    `There are ${live} traces at once, the most there may be. Close one of them, then try again.`,
  )

const Id = Key()

/**
 * Watches what passes through a room, or what the connections of a person do: envelopes, never what was written. For administrators. Lines go to the
 * asking connection, from everywhere within ten seconds, and end with it, or with the lease. The same again prolongs it.
 */
export const start = fn(
  () => z.object({ room: Id.optional(), user: Id.optional(), connectionId: Key() }),
  async ({ room, user, connectionId }) => {
    requireRole("admin")
    const by = useUser().userId
    if ((room === undefined) === (user === undefined))
      throw new AppError("input", "input.invalid", "Name a `room` or a `user` to trace, one of the two.")
    if (room !== undefined && !(await Room.findHead(room))) throw Room.missing()
    const expiresAt = now() + LEASE_MS
    let id = newId("tap")
    let isNew = true
    const taps = await table.change(now(), (live) => {
      const same = live.find((tap) => tap.connectionId === connectionId && tap.room === room && tap.user === user)
      isNew = same === undefined
      if (isNew && live.length >= MOST) throw tooMany(live.length)
      id = same?.id ?? id
      return [...live.filter((tap) => tap !== same), { id, room, user, by, connectionId, expiresAt }]
    })
    learn(taps)
    if (isNew) log.info("tap was started", { tap: id, by, connectionId, room, user })
    return { tap: id, expiresAt }
  },
)

/** Ends a tap of this connection. Safe to repeat. */
export const stop = fn(
  () => z.object({ tap: Key(64), connectionId: Key() }),
  async ({ tap: id, connectionId }) => {
    requireRole("admin")
    const isIt = (tap: table.Info) => tap.id === id && tap.connectionId === connectionId
    let isThere = false
    const taps = await table.change(now(), (live) => {
      isThere = live.some(isIt)
      return live.filter((tap) => !isIt(tap))
    })
    learn(taps)
    if (isThere) log.info("tap was stopped", { tap: id, by: useUser().userId, connectionId })
    return {}
  },
)
