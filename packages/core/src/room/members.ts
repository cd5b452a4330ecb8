import { DeleteCommand, PutCommand, QueryCommand } from "../dynamo/index.ts"
import * as z from "zod"
import * as Account from "../account/index.ts"
import { useUser } from "../actor.ts"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import type { ID } from "../id.ts"
import * as Rights from "../rights/index.ts"
import { callOf } from "../roster/call.ts"
import { failedConditions, transact } from "../run/transact.ts"
import { isRefusal, missing, missingMember, tableError } from "./errors.ts"
import { RoomRef } from "./log.ts"
import { type Active, asMember, asReader, isActive, view } from "./read.ts"
import { type Head, Member, memberItem, memberKey, memberSk, membersOf } from "./table.ts"
import { Cursor } from "../text.ts"

export const UserId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\w.:@+-]+$/, "must be a person's id")

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

async function put(member: Member, condition: string, values?: Record<string, unknown>): Promise<boolean> {
  try {
    await dynamo().send(
      new PutCommand({
        TableName: config("ROOM_TABLE"),
        Item: memberItem(member),
        ConditionExpression: condition,
        ...(values && { ExpressionAttributeNames: { "#role": "role" }, ExpressionAttributeValues: values }),
      }),
    )
    return true
  } catch (error) {
    if (isRefusal(error)) return false
    throw tableError(error)
  }
}

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
  const stored = await put(
    row,
    member ? "attribute_exists(pk) AND #role = :role" : "attribute_not_exists(pk)",
    member && { ":role": member.role },
  )
  if (stored) return row as Active
  return (await asMember(room, userId)).member
}

/** A cursor through people is the last one of the page before; whose room it is comes from the request. */
export const cursorAt = (userId: string): string => Buffer.from(userId).toString("base64url")
export function personAfter(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const userId = UserId.safeParse(Buffer.from(cursor, "base64url").toString("utf8"))
  if (userId.success) return userId.data
  throw new AppError("input", "input.cursor", "This cursor is not one of ours. Start again without it.")
}

/** A page of the people of a room, in the order of their ids. */
export async function page(room: string, limit: number, cursor?: string) {
  const after = personAfter(cursor)
  const { Items = [], LastEvaluatedKey } = await dynamo()
    .send(
      new QueryCommand({
        TableName: config("ROOM_TABLE"),
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :user)",
        ExpressionAttributeValues: { ":pk": membersOf(room), ":user": memberSk },
        ConsistentRead: true,
        Limit: limit,
        ExclusiveStartKey: after === undefined ? undefined : memberKey(room, after),
      }),
    )
    .catch((error: unknown) => {
      throw tableError(error)
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
    ...(last && { next: cursorAt(last) }),
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
  try {
    await transact([write({ ...from, role: "member" }, "owner"), write(next, member.role)])
  } catch (error) {
    if (failedConditions(error).length > 0) throw missingMember()
    throw error
  }
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
        mayLift ? "attribute_not_exists(pk) OR #role = :banned" : "attribute_not_exists(pk)",
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
  if (isBan)
    return put(await newMember(room, userId, "banned"), "attribute_not_exists(pk) OR #role <> :owner", { ":owner": "owner" })
  try {
    await dynamo().send(
      new DeleteCommand({
        TableName: config("ROOM_TABLE"),
        Key: memberKey(room, userId),
        // A ban outlives being thrown out once more.
        ConditionExpression: "attribute_not_exists(pk) OR NOT #role IN (:owner, :banned)",
        ExpressionAttributeNames: { "#role": "role" },
        ExpressionAttributeValues: { ":owner": "owner", ":banned": "banned" },
      }),
    )
    return true
  } catch (error) {
    if (isRefusal(error)) return (await view(room, userId)).member?.role === "banned"
    throw tableError(error)
  }
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
    await Rights.review({ userId, also: [callOf(room), room] })
    return {}
  },
)
