import { beginning, cursorOf, IS_NEW, IS_THERE, readCursor, transact } from "../dynamo/index.ts"
import * as z from "zod"
import * as Account from "../account/index.ts"
import { useUser } from "../actor.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import type { ID } from "../id.ts"
import * as Rights from "../rights/index.ts"
import * as Roster from "../roster/index.ts"
import { missing, missingMember } from "./errors.ts"
import { RoomRef } from "./log.ts"
import { type Active, asMember, asReader, isActive, view } from "./read.ts"
import * as store from "./store.ts"
import { type Head, Member, memberItem, memberKey, membersOf } from "./table.ts"
import { Cursor } from "../text.ts"

const USER_ID = /^[\w.:@+-]{1,128}$/
export const UserId = z.string().min(1).max(128).regex(USER_ID, "must be a person's id")

export const notAllowed = () => new AppError("forbidden", "forbidden.room", "Only the owner of this room may do that. Ask them.")
const isDirect = () =>
  new AppError("conflict", "conflict.direct", "A direct room has its two members, and no others. Make a private room.")
const isOwner = () =>
  new AppError("conflict", "conflict.owner", "A room needs its owner. Make somebody else the owner first, then leave.")

/** How others call a person; somebody who never signed in has no number yet. */
export async function profileOf(userId: string): Promise<{ name: string; number: number }> {
  const { name, number } = (await Account.find(userId)) ?? { name: "Guest", number: 0 }
  return { name, number }
}

const put = (member: Member, ConditionExpression: string, values?: Record<string, unknown>): Promise<boolean> =>
  store.put({
    Item: memberItem(member),
    ConditionExpression,
    ...(values && { ExpressionAttributeNames: { "#role": "role" }, ExpressionAttributeValues: values }),
  })

const newMember = async (room: string, userId: string, role: Member["role"]): Promise<Member> => ({
  room: room as ID<"room">,
  userId,
  ...(await profileOf(userId)),
  role,
  joinedAt: now(),
  read: 0,
})

/** Whether a direct room is this person's: its id says so, whoever left. */
const belongs = (head: Head | undefined, options: { isDirect?: boolean }): boolean =>
  head?.visibility === "public" || (head?.visibility === "direct" && options.isDirect === true)

/** The membership of somebody who enters: their own, or a new one as guest of a public room. Throws `missing.room`. */
export async function enter(room: string, userId: string, options: { isDirect?: boolean } = {}): Promise<Active> {
  const { head, member } = await view(room, userId)
  if (head && isActive(member) && member.number > 0) return member
  if (!head || (member ? !isActive(member) : !belongs(head, options))) throw missing()
  // A newcomer, or somebody who was invited before they had a name here.
  const fresh = await newMember(room, userId, member?.role ?? (options.isDirect ? "member" : "guest"))
  if (member && fresh.number === 0) return member as Active
  const row = member ? { ...member, name: fresh.name, number: fresh.number } : fresh
  const stored = await put(row, member ? `${IS_THERE} AND #role = :role` : IS_NEW, member && { ":role": member.role })
  if (stored) return row as Active
  return (await asMember(room, userId)).member
}

/** A cursor through people is the last one of the page before; whose room it is comes from the request. */
export const personAfter = (cursor: string | undefined): string | undefined =>
  cursor === undefined ? undefined : readCursor(cursor, USER_ID)

/** A page of the people of a room, in the order of their ids. */
export async function page(room: string, limit: number, cursor?: string) {
  const after = personAfter(cursor)
  const { Items = [], LastEvaluatedKey } = await store.query({
    ...beginning(membersOf(room)),
    ConsistentRead: true,
    Limit: limit,
    ExclusiveStartKey: after === undefined ? undefined : memberKey(room, after),
  })
  const rows = Items.map((item) => Member.parse(item))
  const last = LastEvaluatedKey && rows.at(-1)?.userId
  return {
    items: rows.filter(isActive).map(({ userId, name, number, role, read, seenAt }) => ({
      id: userId,
      name,
      number,
      role,
      read,
      ...(seenAt !== undefined && { seenAt }),
    })),
    ...(last && { next: cursorOf(last) }),
  }
}

/** The people of a room that one may read. */
export const members = fn(
  () => RoomRef.extend({ cursor: Cursor.optional(), limit: z.coerce.number().int().min(1).max(100).default(25) }),
  async ({ room, cursor, limit }) => {
    await asReader(room, useUser().userId)
    return page(room, limit, cursor)
  },
)

/** The room goes from one owner to another; there is exactly one at any time. */
async function handOver(room: string, from: Active, to: string): Promise<Member> {
  const { member } = await view(room, to)
  if (!isActive(member)) throw missingMember()
  const next: Member = { ...member, role: "owner" }
  const write = (row: Member, was: string) => ({
    Put: {
      TableName: config("ROOM_TABLE"),
      Item: memberItem(row),
      ConditionExpression: "#role = :was",
      ExpressionAttributeNames: { "#role": "role" },
      ExpressionAttributeValues: { ":was": was },
    },
  })
  const refused = await transact({ from: write({ ...from, role: "member" }, "owner"), to: write(next, member.role) })
  if (refused.size > 0) throw missingMember()
  return next
}

/**
 * Brings a person into a room: oneself into a public one, somebody else by invitation of its owner or a member. The owner may lift a ban this
 * way, and hand the room over with `role: "owner"`. Safe to repeat.
 */
export const invite = fn(
  () => RoomRef.extend({ userId: UserId.optional(), role: z.enum(["owner", "member"]).default("member") }),
  async ({ room, userId, role }) => {
    const me = useUser().userId
    if (userId === undefined || userId === me) {
      const { name, number, role: own } = await enter(room, me)
      return { id: me, name, number, role: own }
    }
    const { head, member } = await asMember(room, me)
    if (head.visibility === "direct") throw isDirect()
    if (member.role === "guest" || (role === "owner" && member.role !== "owner")) throw notAllowed()
    if (role === "owner") await handOver(room, member, userId)
    else {
      const mayLift = member.role === "owner"
      await put(
        await newMember(room, userId, "member"),
        mayLift ? `${IS_NEW} OR #role = :banned` : IS_NEW,
        mayLift ? { ":banned": "banned" } : undefined,
      )
    }
    const row = (await view(room, userId)).member
    if (!isActive(row)) throw notAllowed()
    return { id: userId, name: row.name, number: row.number, role: row.role }
  },
)

/** Nobody removes the owner, whatever happens at the same time. */
async function erase(room: string, userId: string, isBan: boolean): Promise<boolean> {
  if (isBan) return put(await newMember(room, userId, "banned"), `${IS_NEW} OR #role <> :owner`, { ":owner": "owner" })
  const isErased = await store.remove({
    Key: memberKey(room, userId),
    // A ban outlives being thrown out once more.
    ConditionExpression: `${IS_NEW} OR NOT #role IN (:owner, :banned)`,
    ExpressionAttributeNames: { "#role": "role" },
    ExpressionAttributeValues: { ":owner": "owner", ":banned": "banned" },
  })
  return isErased || (await view(room, userId)).member?.role === "banned"
}

/**
 * Takes a person out of a room: oneself, or as its owner somebody else; with `ban` they cannot come back. The right goes first, then what followed from
 * it: the room, its call and its documents on live sockets. If that step dies, asking again finishes it, or the sweep. Safe to repeat.
 */
export const remove = fn(
  () => RoomRef.extend({ userId: UserId.optional(), ban: z.union([z.boolean(), z.stringbool()]).default(false) }),
  async ({ room, userId = useUser().userId, ban }) => {
    const me = useUser().userId
    const { head, member } = await asMember(room, me)
    if (userId === me && member.role === "owner") throw isOwner()
    if (userId !== me && head.visibility === "direct") throw isDirect()
    if (userId !== me && member.role !== "owner") throw notAllowed()
    if (!(await erase(room, userId, ban && userId !== me))) throw isOwner()
    await Rights.review({ userId, also: [Roster.callOf(room), room] })
    return {}
  },
)
