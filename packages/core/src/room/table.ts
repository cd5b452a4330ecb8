import { createHash } from "node:crypto"
import * as z from "zod"
import type { Item } from "../dynamo/index.ts"
import { hashedId, type ID, IdOf } from "../id.ts"

/**
 * ROOM_TABLE. The head of a room *is* the open end of its log: one update of one item gives a message its number and stores it, so there is
 * no moment in which a number exists without its message, whoever dies, and no two writers ever have to try again because of each other
 * (a transaction per message costs 6 units instead of 2 and has one winner at a time). Six messages at a time then move from the head
 * to a page of the log: with six a head of usual messages stays below 2 KB, and so an append below 3 units. A page's place follows from `seq` alone.
 *
 * Once, and only once: the head keeps a mark of each message since `settled`; what is older has a receipt under its client id, written before
 * the head lets go of it. A sender looks for the receipt, then appends on condition that its mark is not in the head and that the head has
 * not let go of more than it had (`settled <= seen`) when somebody looked at it before that. Receipts are kept a day.
 *
 * Access patterns:
 * - `room#<id>` / `head`: what the room is, how far its log is, the messages after `paged`. Index byList: `public` / id of public rooms.
 * - `log#<id>#<epoch>` / `page#<n>`: messages 6n+1 … 6n+6. A range of seqs is one query.
 * - `log#<id>#<epoch>` / `page#<n>#<seq>`: reactions to a message, in the same query as its page.
 * - `members#<id>` / `user#<sub>`: who may do what, read marks. Index byList: `user#<sub>` / room id: one's rooms.
 * - `sent#<id>#<sub>` / `client#<clientId>`: the receipt of a message. `ttl`.
 * - `sent#<id>#<sub>` / `lane#<connectionId>`: how far this connection's numbers are that the head may let go of. `ttl`.
 */
export const PAGE = 6

const VISIBILITIES = ["public", "private", "direct"] as const
export const ROLES = ["owner", "member", "guest"] as const

const Person = z.object({ id: z.string(), name: z.string(), number: z.number().int() })
export type Person = z.output<typeof Person>

/** A message as it is stored; its seq is its place. */
const Stored = z.object({
  id: IdOf("message"),
  clientId: z.string(),
  user: Person,
  text: z.string(),
  at: z.number(),
  /** Of the text as it was first sent. */
  digest: z.string(),
  /** The sending connection, and which of its messages to this room this is. */
  lane: z.object({ connectionId: z.string(), n: z.number() }).optional(),
  editedAt: z.number().optional(),
})
export type Stored = z.output<typeof Stored>

export const Head = z.object({
  id: IdOf("room"),
  name: z.string(),
  visibility: z.enum(VISIBILITIES),
  createdAt: z.number(),
  epoch: z.string(),
  /** Of the newest message; 0 while there is none. */
  seq: z.number(),
  /** Messages up to here are in pages; those after it are `tail`. */
  paged: z.number(),
  /** Messages up to here are known by their receipts alone; never beyond `paged`. */
  settled: z.number(),
  /** When pages were moved last. */
  movedAt: z.number(),
  tail: z.array(Stored),
  /** Bytes of the tail's texts. */
  weight: z.number(),
  /** Moves with every edit of the tail. */
  touched: z.number(),
  /** Marks of the messages after `settled`, in their order, two each. */
  recent: z.array(z.string()),
  /** The conversation that the assistant has with this room. */
  conversationId: IdOf("conversation").optional(),
})
export type Head = z.output<typeof Head>

export const Member = z.object({
  room: IdOf("room"),
  userId: z.string(),
  name: z.string(),
  number: z.number().int(),
  role: z.enum([...ROLES, "banned"]),
  joinedAt: z.number(),
  /** Everything up to here was read. */
  read: z.number().default(0),
  /** When their last connection to the room ended, in epoch milliseconds. */
  seenAt: z.number().optional(),
})
export type Member = z.output<typeof Member>

export const personOf = ({ userId, name, number }: Pick<Member, "userId" | "name" | "number">): Person => ({
  id: userId,
  name,
  number,
})

/** What a client id became. */
export const Receipt = Stored.pick({ id: true, at: true, digest: true, lane: true }).extend({
  epoch: z.string(),
  seq: z.number(),
  ttl: z.number(),
})
export type Receipt = z.output<typeof Receipt>

const RECEIPT_MS = 24 * 3_600_000
/** Longer than a connection can live. */
const LANE_MS = 3 * 3_600_000
const seconds = (at: number): number => Math.ceil(at / 1000)
const padded = (n: number): string => String(n).padStart(12, "0")

export const headKey = (room: string) => ({ pk: `room#${room}`, sk: "head" })
export const headItem = (head: Head) => ({
  ...headKey(head.id),
  ...head,
  ...(head.visibility === "public" && { list: PUBLIC, listed: head.id }),
})

export const PUBLIC = "public"
export const personList = (userId: string): string => `user#${userId}`
/** Of a row of the index: the room it is about. */
export const listedRoom = (item: Record<string, unknown>): string => String(item.listed)
/** A row of the index by its key, to go on after it. */
export const listKey = (list: string, room: string, userId: string) => ({
  ...(list === PUBLIC ? headKey(room) : memberKey(room, userId)),
  list,
  listed: room,
})

const USER = "user#"
/** The people of a room, as queries take them. */
export const membersOf = (room: string) => ({ pk: `members#${room}`, prefix: USER })
export const memberKey = (room: string, userId: string) => ({ pk: membersOf(room).pk, sk: USER + userId })
export const memberItem = (member: Member) => ({
  ...memberKey(member.room, member.userId),
  ...member,
  ...(member.role !== "banned" && { list: personList(member.userId), listed: member.room }),
})

const pageOf = (seq: number): number => Math.floor((seq - 1) / PAGE)
const pageSk = (page: number): string => `page#${padded(page)}`
const logPk = (room: string, epoch: string): string => `log#${room}#${epoch}`
/** Where a message lies once it is in a page. */
export const placeOf = ({ id, epoch }: Pick<Head, "id" | "epoch">, seq: number) => ({
  key: { pk: logPk(id, epoch), sk: pageSk(pageOf(seq)) },
  index: (seq - 1) % PAGE,
})
/** Partition and sort keys of the pages from one seq to another, with their reactions. */
export const pagesBetween = ({ id, epoch }: Pick<Head, "id" | "epoch">, from: number, to: number) =>
  [logPk(id, epoch), pageSk(pageOf(from)), `${pageSk(pageOf(to))}~`] as const
export const firstOf = (sk: string): number => Number(sk.split("#")[1]) * PAGE + 1

export const reactionKey = ({ id, epoch }: Pick<Head, "id" | "epoch">, seq: number) => ({
  pk: logPk(id, epoch),
  sk: `${pageSk(pageOf(seq))}#${padded(seq)}`,
})
/** Of an item of the log: the seq whose reactions it holds; undefined for a page. */
export const reactedSeq = (sk: string): number | undefined => {
  const part = sk.split("#")[2]
  return part === undefined ? undefined : Number(part)
}
/** An emoji's attribute; nothing else begins so. */
export const emojiAttribute = (emoji: string): string => `:${emoji}`
export const reactionsOf = (item: Record<string, unknown>): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(item).flatMap(([name, users]) =>
      name.startsWith(":") && users instanceof Set ? [[name.slice(1), [...(users as Set<string>)].sort()]] : [],
    ),
  )

export const weightOf = ({ text }: Pick<Stored, "text">): number => Buffer.byteLength(text)

/** In a page nobody asks for what the receipt says. */
const Paged = Stored.omit({ digest: true, lane: true })
export type Paged = z.output<typeof Paged>
export const pagedOf = (stored: Stored): Paged => Paged.parse(stored)

export const messagesOf = (item: Item): Paged[] => z.array(Paged).parse(item.messages)

const sentPk = (room: string, userId: string): string => `sent#${room}#${userId}`
export const receiptKey = (room: string, userId: string, clientId: string) => ({
  pk: sentPk(room, userId),
  sk: `client#${clientId}`,
})
export const receiptItem = (head: Pick<Head, "id" | "epoch">, seq: number, { user, clientId, id, at, digest, lane }: Stored) => ({
  ...receiptKey(head.id, user.id, clientId),
  epoch: head.epoch,
  seq,
  id,
  at,
  digest,
  lane,
  ttl: seconds(at + RECEIPT_MS),
})
export const laneKey = (room: string, userId: string, { connectionId }: Pick<Lane, "connectionId">) => ({
  pk: sentPk(room, userId),
  sk: `lane#${connectionId}`,
})
/** The number that is noted of a connection; 0 where nothing is. */
export const laneNumber = (item: Item | undefined): number => Number(item?.n ?? 0)
export const laneEnd = (at: number): number => seconds(at + LANE_MS)
export type Lane = NonNullable<Stored["lane"]>

const short = (...parts: (string | number)[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 12)

export const digestOf = (text: string): string => short(text)
export const clientMark = (userId: string, clientId: string): string => short("client", userId, clientId)
export const laneMark = ({ connectionId, n }: Lane): string => short("lane", connectionId, n)
const NO_LANE = "-"
export const MARKS = 2
export const marksOf = ({ user, clientId, lane }: Pick<Stored, "user" | "clientId" | "lane">): string[] => [
  clientMark(user.id, clientId),
  lane ? laneMark(lane) : NO_LANE,
]

/** Two people have one direct room: its id follows from who they are. */
export const directId = (one: string, other: string): ID<"room"> => hashedId("room", [one, other].sort())
