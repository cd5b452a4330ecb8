import { between, getAll, GetCommand, type Item, queryAll, unlessRefused, UpdateCommand } from "../dynamo/index.ts"
import * as z from "zod"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { CAPACITY } from "./bucket.ts"

/**
 * CONNECTION_TABLE, access patterns: one bucket of a topic's roster · the buckets of one person · a range of buckets · everything, by the sweep.
 * Bucket 1 is the head: besides its entries it has what belongs to all of them.
 */
const HEAD = 1
const sk = (bucket: number): string => `roster#${String(bucket).padStart(8, "0")}`
const TOPIC = "topic#"
const keyOf = (topic: string, bucket: number) => ({ pk: TOPIC + topic, sk: sk(bucket) })

export interface Entry {
  connectionId: string
  userId: string
}

/** Connection ids have no spaces. */
const textOf = ({ connectionId, userId }: Entry): string => `${connectionId} ${userId}`
function entryOf(text: string): Entry {
  const space = text.indexOf(" ")
  return { connectionId: text.slice(0, space), userId: text.slice(space + 1) }
}

const Stored = z.object({
  sk: z.string(),
  entries: z.set(z.string()).optional(),
  /** People whose last connection was lost a moment ago; nobody was told yet. */
  away: z.set(z.string()).optional(),
  ttl: z.number().optional(),
  version: z.number().optional(),
  level: z.number().optional(),
  depth: z.number().optional(),
  /** Until when somebody may be in the call of the room whose roster this is. */
  callUntil: z.number().default(0),
})

export interface Bucket {
  number: number
  entries: Entry[]
  away: ReadonlySet<string>
}

export interface Head extends Bucket {
  /** Grows with every change, 0 for a roster that does not exist. */
  version: number
  /** Where new connections go. */
  level: number
  /** How deep connections may be; never less than `level`. */
  depth: number
  /** Before this the room may have somebody in its call; only then is the call's own roster worth a read. */
  callUntil: number
}

/** As it is stored; entries whose time is over are none, however long DynamoDB keeps them. */
function headOf(item: Item | undefined, now: number): Head {
  if (!item) return { number: HEAD, entries: [], away: new Set(), version: 0, level: 0, depth: 0, callUntil: 0 }
  const { sk, entries, away, ttl = Infinity, version = 0, level = 0, depth = level, callUntil } = Stored.parse(item)
  const isOver = ttl <= now / 1000
  return {
    number: Number(sk.slice("roster#".length)),
    entries: isOver || !entries ? [] : [...entries].map(entryOf),
    away: away ?? new Set(),
    version,
    level,
    depth,
    callUntil,
  }
}

/** The bucket of an item of the table and whose it is, undefined for any other item. */
export const rosterOf = (item: Item, now: number): (Head & { topic: string }) | undefined =>
  String(item.pk).startsWith(TOPIC) ? { topic: String(item.pk).slice(TOPIC.length), ...headOf(item, now) } : undefined

const WRITABLE = ["level", "depth", "ttl", "version"]

/** The item as it was; undefined where the condition does not hold. */
async function update(topic: string, bucket: number, change: string, condition: string | undefined, values: object) {
  const used = WRITABLE.filter((name) => `${change} ${condition}`.includes(`#${name}`))
  const answer = await unlessRefused(
    dynamo().send(
      new UpdateCommand({
        TableName: config("CONNECTION_TABLE"),
        Key: keyOf(topic, bucket),
        UpdateExpression: change,
        ConditionExpression: condition,
        ExpressionAttributeNames: used.length > 0 ? Object.fromEntries(used.map((name) => [`#${name}`, name])) : undefined,
        ExpressionAttributeValues: values as Record<string, unknown>,
        ReturnValues: "ALL_OLD",
      }),
    ),
  )
  return answer && (answer.Attributes ?? {})
}

const headOrNone = (attributes: Record<string, unknown> | undefined, now: number): Head | undefined =>
  attributes && headOf(attributes.sk === undefined ? undefined : attributes, now)

const seconds = (at: number): number => Math.ceil(at / 1000)
/** A roster that was forgotten starts again at the time of day, so no version ever comes back. */
const NEXT_VERSION = "#version = if_not_exists(#version, :now) + :one"
const LEVEL_0 = "(attribute_not_exists(#level) OR #level = :zero)"

export interface Times {
  now: number
  /** Until when an entry made now counts, whatever happens. */
  keepUntil: number
}

/** One write while all fit into the head; undefined where they do not. Gives what was there before. */
export async function addToHead(topic: string, entry: Entry, { now, keepUntil }: Times): Promise<Head | undefined> {
  const old = await update(
    topic,
    HEAD,
    `ADD entries :entries DELETE away :user SET ${NEXT_VERSION}, #ttl = :ttl`,
    `${LEVEL_0} AND (attribute_not_exists(entries) OR size(entries) < :capacity OR contains(entries, :entry))`,
    {
      ":entries": new Set([textOf(entry)]),
      ":entry": textOf(entry),
      ":user": new Set([entry.userId]),
      ":now": now,
      ":one": 1,
      ":zero": 0,
      ":capacity": CAPACITY,
      ":ttl": seconds(keepUntil),
    },
  )
  return headOrNone(old, now)
}

/** Adds to a bucket below the head; `bump` must follow. Gives what was there before. */
export async function add(topic: string, bucket: number, entry: Entry, { now, keepUntil }: Times): Promise<Bucket> {
  const old = await update(topic, bucket, "ADD entries :entries DELETE away :user SET #ttl = :ttl", undefined, {
    ":entries": new Set([textOf(entry)]),
    ":user": new Set([entry.userId]),
    ":ttl": seconds(keepUntil),
  })
  return headOrNone(old, now)!
}

/** Makes a change below the head seen; undefined where nobody reads as deep as `level` any more. */
export async function bump(topic: string, level: number, { now, keepUntil }: Times): Promise<Head | undefined> {
  const old = await update(topic, HEAD, `SET ${NEXT_VERSION}, #ttl = :ttl`, "#depth >= :level", {
    ":now": now,
    ":one": 1,
    ":level": level,
    ":ttl": seconds(keepUntil),
  })
  return headOrNone(old, now)
}

/** Notes that the room's call may have somebody as long as an entry made now counts. A flag that ends by itself: nobody has to take it back. */
export async function noteCall(topic: string, { keepUntil }: Times): Promise<void> {
  await update(topic, HEAD, "SET callUntil = :until, #ttl = :ttl", undefined, { ":until": keepUntil, ":ttl": seconds(keepUntil) })
}

/** A level or depth as the condition that it is still so; the first ones are not stored. */
const still = (name: string, value: number, placeholder: string): string =>
  value === 0 ? `(attribute_not_exists(${name}) OR ${name} = ${placeholder})` : `${name} = ${placeholder}`

/** Opens the next level, or tells readers to look as deep as that; nothing where somebody else changed the shape. */
export async function shape(topic: string, from: Head, level: number, depth: number, now: number): Promise<void> {
  await update(
    topic,
    HEAD,
    `SET #level = :level, #depth = :depth, ${NEXT_VERSION}`,
    `${still("#level", from.level, ":fromLevel")} AND ${still("#depth", from.depth, ":fromDepth")}`,
    { ":level": level, ":depth": depth, ":fromLevel": from.level, ":fromDepth": from.depth, ":now": now, ":one": 1 },
  )
}

/** Takes an entry off, once; `away` notes its person as lost. Gives what was there before, or undefined where the entry was not. */
export async function take(topic: string, bucket: number, entry: Entry, away: boolean, now: number): Promise<Head | undefined> {
  const isHead = bucket === HEAD
  const parts = [
    away ? "DELETE entries :entries ADD away :user" : "DELETE entries :entries, away :user",
    ...(isHead ? [`SET ${NEXT_VERSION}`] : []),
  ]
  const old = await update(topic, bucket, parts.join(" "), "contains(entries, :entry)", {
    ":entries": new Set([textOf(entry)]),
    ":entry": textOf(entry),
    ":user": new Set([entry.userId]),
    ...(isHead ? { ":now": now, ":one": 1 } : {}),
  })
  return headOrNone(old, now)
}

/** Takes a person off those who were lost: true for the one who does it. */
export async function returned(topic: string, bucket: number, userId: string): Promise<boolean> {
  const values = { ":user": new Set([userId]), ":id": userId }
  return (await update(topic, bucket, "DELETE away :user", "contains(away, :id)", values)) !== undefined
}

/** Read consistently: who joined before a message was written hears it. */
export async function head(topic: string, now: number): Promise<Head> {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: config("CONNECTION_TABLE"), Key: keyOf(topic, HEAD), ConsistentRead: true }),
  )
  return headOf(Item, now)
}

/** Those of these buckets that exist, read consistently. */
export async function buckets(topic: string, numbers: number[], now: number): Promise<Bucket[]> {
  const keys = numbers.map((number) => keyOf(topic, number))
  const items = await getAll(config("CONNECTION_TABLE"), keys)
  return items.flatMap((item) => (item ? [headOf(item, now)] : []))
}

/** The buckets from one number to another, read consistently. */
export async function range(topic: string, [from, to]: [number, number], now: number): Promise<Bucket[]> {
  const items = await queryAll({
    TableName: config("CONNECTION_TABLE"),
    ...between(keyOf(topic, from).pk, sk(from), sk(to)),
    ConsistentRead: true,
  })
  return items.map((item) => headOf(item, now))
}
