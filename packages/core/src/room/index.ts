import { ulid } from "ulid"
import * as z from "zod"
import { useUser } from "../actor.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { IS_NEW, transact } from "../dynamo/index.ts"
import { fn } from "../fn.ts"
import { newId } from "../id.ts"
import { log } from "../logger.ts"
import * as Roster from "../roster/index.ts"
import { inCall } from "./call.ts"
import { busy, missing } from "./errors.ts"
import { listRooms } from "./list.ts"
import { Position, RoomRef, since } from "./log.ts"
import { enter, page, profileOf, UserId } from "./members.ts"
import { asReader, isActive, view } from "./read.ts"
import { noteSeen } from "./seen.ts"
import { directId, Head, headItem, type Member, memberItem, personOf, type ROLES } from "./table.ts"
import { Cursor, Key, Name } from "../text.ts"

export { askAssistant } from "./mention.ts"
export { announce, listeners } from "./audience.ts"
export { call } from "./call.ts"
export { inFrame } from "./fit.ts"
export { edit, history, react, read, RoomRef, send, typing } from "./log.ts"
export { invite, members, remove } from "./members.ts"
export { missing } from "./errors.ts"
export { asMember, findHead, type Message } from "./read.ts"
export { noteLost } from "./seen.ts"
export type { Sent } from "./send.ts"
export { personOf } from "./table.ts"

/** A transaction has at most 100 items, and a first list of guests need not be longer. */
const MOST_INVITED = 50

/** A room as its reader sees it: `role` and `unread` where they are in it. */
export const Info = Head.pick({ id: true, name: true, visibility: true, epoch: true, seq: true, createdAt: true })
export interface Info extends z.output<typeof Info> {
  role?: (typeof ROLES)[number]
  unread?: number
}

function infoOf(head: Head, member: Member | undefined): Info {
  const info = Info.parse(head)
  return isActive(member) ? { ...info, role: member.role, unread: head.seq - member.read } : info
}

const withSelf = () =>
  new AppError("input", "input.members", "A direct room has exactly one other member. Name them in `members`.")

async function rowsOf(room: Head["id"], owner: string, role: "owner" | "member", others: string[]): Promise<Member[]> {
  const joinedAt = now()
  return Promise.all(
    [owner, ...others].map(async (userId) => {
      const { name, number } = await profileOf(userId)
      return { room, userId, name, number, role: userId === owner ? role : "member", joinedAt, read: 0 } satisfies Member
    }),
  )
}

/**
 * A new room with its first members, in one transaction. A direct room of two people exists once: the second to ask gets the one there is,
 * and somebody who left it is in it again.
 */
export const create = fn(
  () =>
    Head.pick({ visibility: true }).extend({
      name: Name(120),
      members: z.array(UserId).max(MOST_INVITED).default([]),
    }),
  async ({ name, visibility, members }) => {
    const { userId } = useUser()
    const others = [...new Set(members)].filter((each) => each !== userId)
    const isDirect = visibility === "direct"
    if (isDirect && others.length !== 1) throw withSelf()
    const id = isDirect ? directId(userId, others[0]!) : newId("room")
    const at = now()
    const head: Head = {
      id,
      name,
      visibility,
      createdAt: at,
      epoch: ulid(at),
      seq: 0,
      paged: 0,
      settled: 0,
      movedAt: at,
      tail: [],
      recent: [],
      weight: 0,
      touched: 0,
    }
    const rows = await rowsOf(id, userId, isDirect ? "member" : "owner", others)
    const put = (Item: Record<string, unknown>) => ({
      Put: { TableName: config("ROOM_TABLE"), Item, ConditionExpression: IS_NEW },
    })
    const people = rows.map((row) => [`member ${row.userId}`, put(memberItem(row))])
    const refused = await transact({ head: put(headItem(head)), ...Object.fromEntries(people) })
    if (refused.size === 0) return infoOf(head, rows[0])
    if (!isDirect || !refused.has("head")) throw busy()
    await enter(id, userId, { isDirect })
    return get({ room: id })
  },
)

/** One's own rooms, newest first, then the public ones one is not in. */
export const list = fn(
  () => z.object({ cursor: Cursor.optional(), limit: z.coerce.number().int().min(1).max(50).default(25) }),
  async ({ cursor, limit }) => {
    const { items, next } = await listRooms(useUser().userId, limit, cursor)
    return { items: items.map(({ head, member }) => infoOf(head, member)), next }
  },
)

/** A room of one's own, or a public one; `missing.room` for any other. */
export const get = fn(
  () => RoomRef,
  async ({ room }) => {
    const { head, member } = await asReader(room, useUser().userId)
    return infoOf(head, member)
  },
)

/**
 * Makes a connection listen to a room and gives what it missed since `after`. Whoever enters a public room is its guest from then on; joining
 * never creates. The connection is on the roster before the log is read, so that nothing falls in between, and whoever was removed in that
 * moment is taken off again. `entered`: nobody of this person was listening before.
 */
export const join = fn(
  () => RoomRef.extend({ after: Position.optional(), connectionId: Key() }),
  async ({ room, after, connectionId }) => {
    const { userId } = useUser()
    const user = personOf(await enter(room, userId))
    const { joined } = await Roster.join({ topic: room, connectionId, userId })
    const { head, member } = await view(room, userId)
    if (!head || !isActive(member)) {
      await Roster.leave({ topic: room, connectionId, userId })
      throw missing()
    }
    const [missed, { items: members }, { people: here, mayHaveCall }] = await Promise.all([
      since(head, after),
      page(room, 100),
      Roster.presentWithCall({ topic: room }),
    ])
    const call = mayHaveCall ? await inCall(room) : []
    return {
      room,
      epoch: head.epoch,
      seq: head.seq,
      ...missed,
      members: members.map((each) => ({ ...each, present: here.has(each.id) })),
      call,
      user,
      entered: joined,
    }
  },
)

/**
 * Makes a connection listen no more. Safe to repeat. `left`: it was the last one of this person, who was seen here until `seenAt`. Noting that follows
 * the leave, and no leave fails for it.
 */
export const leave = fn(
  () => RoomRef.extend({ connectionId: Key() }),
  async ({ room, connectionId }) => {
    const { userId } = useUser()
    const { member } = await view(room, userId)
    const { left } = await Roster.leave({ topic: room, connectionId, userId })
    if (!isActive(member)) throw missing()
    const seenAt = now()
    if (left)
      await noteSeen(room, userId, seenAt).catch((error: unknown) =>
        log.warn("last visit was not noted", { room, userId, error }),
      )
    return { room, user: personOf(member), left, seenAt }
  },
)
