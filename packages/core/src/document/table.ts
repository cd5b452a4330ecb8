import * as z from "zod"
import { IdOf } from "../id.ts"
import { Key, Name } from "../text.ts"

export const Title = Name(120)
/** Besides the owner. */
export const People = z.array(Key(64)).max(50)

/**
 * DOCUMENT_TABLE, the only file that knows these keys:
 * - `doc#<id>` / `head`: what it is, who may, how far its log goes and which snapshot stands for the beginning.
 * - `doc#<id>` / `log#<seq, 10 digits>`: updates after the snapshot, in order. Read after a position: query `sk > log#<seq>`.
 * - `doc#<id>` / `version#<seq, 10 digits>`: snapshots that are kept, newest first: query backwards.
 * - `doc#<id>` / `sent#<sub>#<clientId>`: which position a client id got, so that a repeat is the same edit. Kept a day (`ttl`, seconds).
 * - `upload#<id>#<sub>` / `<clientId>#<part>`: parts of an update on their way. Kept a day.
 * - `user#<sub>` / `doc#<id>` and `room#<id>` / `doc#<id>`: documents of a person or a room, newest first by id.
 */
export const Info = z.object({
  id: IdOf("document"),
  title: z.string(),
  owner: z.string(),
  /** Its members may read and write. */
  room: IdOf("room").optional(),
  /** People besides the owner who may read and write. */
  members: z.array(z.string()),
  /** Of title and members: every change names the one it builds on. */
  version: z.number().int(),
  epoch: z.string(),
  /** Position of the last update. */
  seq: z.number().int(),
  /** Epoch milliseconds. */
  createdAt: z.number(),
  updatedAt: z.number(),
})
export type Info = z.output<typeof Info>

export const Head = Info.extend({
  /** Everything up to this position is in the snapshot; 0 and no key while there is none. */
  snapshotSeq: z.number().int(),
  snapshotKey: z.string().optional(),
  snapshotBytes: z.number().int(),
  /** Of the updates after the snapshot. */
  logBytes: z.number().int(),
})
export type Head = z.output<typeof Head>

const digits = (n: number): string => String(n).padStart(10, "0")

const partition = (id: string): string => `doc#${id}`
export const headKey = (id: string) => ({ pk: partition(id), sk: "head" })
export const headItem = (head: Head) => ({ ...headKey(head.id), ...head })

const logSk = (seq: number): string => `log#${digits(seq)}`
export const logKey = (id: string, seq: number) => ({ pk: partition(id), sk: logSk(seq) })
/** Partition and sort keys of the entries from one position to another, both included. */
export const logBetween = (id: string, from: number, to: number) => [partition(id), logSk(from), logSk(to)] as const
/** Above every position. */
export const LAST = 9_999_999_999

/** An update: its bytes, or where in the bucket they are. */
export const Entry = z.object({
  seq: z.number().int(),
  update: z.custom<Uint8Array>((value) => value instanceof Uint8Array).optional(),
  body: z.string().optional(),
  bytes: z.number().int(),
  by: z.string(),
  at: z.number(),
})
export type Entry = z.output<typeof Entry>
export const entryItem = (id: string, entry: Entry) => ({ ...logKey(id, entry.seq), ...entry })

const VERSION_PREFIX = "version#"
export const versionKey = (id: string, seq: number) => ({ pk: partition(id), sk: `${VERSION_PREFIX}${digits(seq)}` })
/** All versions of a document, as pages take them. */
export const versionsOf = (id: string) => ({ pk: partition(id), prefix: VERSION_PREFIX })
export const Version = z.object({ version: z.number().int(), at: z.number(), bytes: z.number().int(), key: z.string() })
export type Version = z.output<typeof Version>
export const versionItem = (id: string, version: Version) => ({ ...versionKey(id, version.version), ...version })

const DAY_MS = 24 * 3_600_000
const expiry = (at: number): number => Math.ceil((at + DAY_MS) / 1000)
const isAlive = (item: Record<string, unknown>, at: number): boolean => Number(item.ttl) * 1000 > at

export const sentKey = (id: string, userId: string, clientId: string) => ({
  pk: partition(id),
  sk: `sent#${userId}#${clientId}`,
})
export const Sent = z.object({ seq: z.number().int(), digest: z.string(), ttl: z.number() })
export const sentItem = (
  id: string,
  by: { userId: string; clientId: string },
  sent: { seq: number; digest: string },
  at: number,
) => ({
  ...sentKey(id, by.userId, by.clientId),
  ...sent,
  ttl: expiry(at),
})

/** Part numbers from 1; `of` tells two ways of cutting apart. */
const uploadPartition = (id: string, userId: string): string => `upload#${id}#${userId}`
const partSk = (clientId: string, part: number): string => `${clientId}#${String(part).padStart(4, "0")}`
export const partItem = (
  at: { id: string; userId: string; clientId: string; part: number; of: number },
  bytes: Uint8Array,
  now: number,
) => ({
  pk: uploadPartition(at.id, at.userId),
  sk: partSk(at.clientId, at.part),
  part: at.part,
  of: at.of,
  bytes,
  ttl: expiry(now),
})
/** Partition and sort keys of all parts of an upload. */
export const partsOf = ({ id, userId, clientId, of }: { id: string; userId: string; clientId: string; of: number }) =>
  [uploadPartition(id, userId), partSk(clientId, 1), partSk(clientId, of)] as const
/** TTL deletes late, so what is over is left out here. */
export function partOf(item: Record<string, unknown>, now: number): { part: number; of: number; bytes: Uint8Array } | undefined {
  return isAlive(item, now) ? (item as { part: number; of: number; bytes: Uint8Array }) : undefined
}

const DOC_PREFIX = "doc#"
const userList = (userId: string): string => `user#${userId}`
const roomList = (room: string): string => `room#${room}`
export const listedIn = (list: string, id: string) => ({ pk: list, sk: `${DOC_PREFIX}${id}` })
/** The documents of a person or a room, as pages take them. */
export const listedOf = (whose: { userId: string } | { room: string }) => ({
  pk: "room" in whose ? roomList(whose.room) : userList(whose.userId),
  prefix: DOC_PREFIX,
})
export const idOfListed = (sk: unknown): string => String(sk).slice(DOC_PREFIX.length)

/** Every list in which a document stands. */
export const listsOf = ({ owner, members, room }: Pick<Info, "owner" | "members" | "room">): string[] => [
  ...new Set([owner, ...members].map(userList)),
  ...(room === undefined ? [] : [roomList(room)]),
]
