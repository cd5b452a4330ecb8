import * as z from "zod"
import { useActor } from "../actor.ts"
import { now } from "../clock.ts"
import { LIFETIME_MS } from "../connection/lifetime.ts"
import { tellLater } from "../connection/departure.ts"
import * as connections from "../connection/table.ts"
import { fn } from "../fn.ts"
import { Recent } from "../recent.ts"
import { bucketAt, bucketsOf, CAPACITY, CROWD } from "./bucket.ts"
import { entriesOf, head as listenersOf } from "./read.ts"
import * as table from "./table.ts"
import { Key } from "../text.ts"

export { callOf, roomOfCall } from "./call.ts"
export type { Entry } from "./table.ts"
export { head, type Listeners, refresh, shard } from "./read.ts"

const Topic = Key()
const Ref = z.object({ topic: Topic, connectionId: Key(), userId: Key() })

const times = (): table.Times => ({ now: now(), keepUntil: now() + LIFETIME_MS })

/** How deep each topic grew, as far as this function knows: only a first guess, so that the common case is one write. */
const guesses = new Recent<number>(1_000)

const isSame = (a: table.Entry, b: table.Entry): boolean => a.connectionId === b.connectionId
const isOther = (a: table.Entry, b: table.Entry): boolean => a.userId === b.userId && !isSame(a, b)

/** The buckets that hold other connections of a person, that note the person as away, and that hold this connection. */
async function othersOf(topic: string, entry: table.Entry, depth: number) {
  const buckets = await table.buckets(topic, bucketsOf(entry.userId, depth), now())
  const numbers = (some: (bucket: table.Bucket) => boolean) => buckets.filter(some).map(({ number }) => number)
  return {
    others: numbers(({ entries }) => entries.some((each) => isOther(each, entry))),
    away: numbers(({ away }) => away.has(entry.userId)),
    same: numbers(({ entries }) => entries.some((each) => isSame(each, entry))),
  }
}

/**
 * Whether a bucket is worth another level, which spreads people. The tabs of one person stay together on every level: a single one with two hundred
 * would double the roster, and what each frame costs, with every sixteenth.
 */
const isCrowded = ({ entries }: table.Bucket): boolean =>
  entries.length >= CAPACITY && new Set(entries.map(({ userId }) => userId)).size >= CROWD

interface Placed {
  version: number
  depth: number
  bucket: number
  /** What the bucket held before. */
  before: table.Bucket
}

async function place(topic: string, entry: table.Entry): Promise<Placed> {
  for (let level = guesses.get(topic) ?? 0; ; guesses.set(topic, level)) {
    const at = times()
    if (level === 0) {
      const before = await table.addToHead(topic, entry, at)
      if (before) return { version: (before.version || at.now) + 1, depth: before.depth, bucket: 1, before }
      const head = await table.head(topic, at.now)
      if (head.level === 0) await table.shape(topic, head, 1, Math.max(1, head.depth), at.now)
      level = Math.max(1, head.level)
      continue
    }
    const bucket = bucketAt(level, entry.userId)
    const before = await table.add(topic, bucket, entry, at)
    const head = await table.bump(topic, level, at)
    if (!head) {
      // Nobody reads as deep any more: the roster was forgotten, or shrank. What was added is within reach again after this.
      const found = await table.head(topic, at.now)
      if (found.depth < level) await table.shape(topic, found, found.level, level, at.now)
      continue
    }
    if (isCrowded(before) && head.level === level)
      await table.shape(topic, head, level + 1, Math.max(level + 1, head.depth), at.now)
    else guesses.set(topic, head.level)
    return { version: head.version + 1, depth: head.depth, bucket, before }
  }
}

/**
 * Whether a placed entry is the first of its person, who was not just lost either. Its own bucket said so when it took the entry, and is not asked
 * again: of several that come at once, one is the first.
 */
async function isFirst(topic: string, entry: table.Entry, { depth, bucket, before }: Placed): Promise<boolean> {
  let first = !before.entries.some(({ userId }) => userId === entry.userId) && !before.away.has(entry.userId)
  if (depth === 0) return first
  const { others, away, same } = await othersOf(topic, entry, depth)
  for (const number of away) if (await table.returned(topic, number, entry.userId)) first = false
  /** Joined again after the roster grew: one entry is enough. */
  const doubles = same.filter((number) => number !== bucket)
  for (const number of doubles) await table.take(topic, number, entry, false, now())
  return first && others.every((number) => number === bucket) && doubles.length === 0
}

/**
 * Adds a connection to those that listen to a topic. Safe to repeat. `joined`: it is the first of this person, who was not just lost either.
 * Roster first, row second: a row that is closed already has the entry taken back, and one that closes later knows the topic.
 */
export const join = fn(
  () => Ref,
  async ({ topic, ...entry }): Promise<{ version: number; joined: boolean }> => {
    const placed = await place(topic, entry)
    const { version } = placed
    const joined = await isFirst(topic, entry, placed)
    if (await connections.addTopic(entry, topic, times().keepUntil)) return { version, joined }
    const { left } = await take(topic, entry, !joined)
    if (joined) return { version, joined: !left }
    if (left) await tellLater({ topic, userId: entry.userId })
    return { version, joined: false }
  },
)

/**
 * Takes one connection off, wherever it is; `left` where it was there and its person has no other. What a bucket held decides first: of several
 * connections of one person that go at once, one is the last.
 */
async function take(topic: string, entry: table.Entry, away: boolean): Promise<{ taken: boolean; left: boolean }> {
  const hasOthers = ({ entries }: table.Bucket) => entries.some((each) => isOther(each, entry))
  const fromHead = guesses.get(topic) ? undefined : await table.take(topic, 1, entry, away, now())
  const { depth } = fromHead ?? (await table.head(topic, now()))
  if (depth === 0 && fromHead) return { taken: true, left: !hasOthers(fromHead) }
  const taken = fromHead ? [fromHead] : []
  for (const bucket of (await othersOf(topic, entry, depth)).same) {
    const old = await table.take(topic, bucket, entry, away, now())
    if (old) taken.push(old)
    if (old && bucket !== 1) await table.bump(topic, 0, times())
  }
  if (taken.length === 0 || taken.some(hasOthers)) return { taken: taken.length > 0, left: false }
  const { others } = await othersOf(topic, entry, depth)
  return { taken: true, left: others.every((number) => taken.some((old) => old.number === number)) }
}

function actorId(): string | undefined {
  const actor = useActor()
  return actor.type === "user" ? actor.userId : undefined
}

/**
 * Takes a connection off a topic. Safe to repeat. `left`: it was the last of this person. Whose it is need not be said: without it the actor's is
 * tried, then it is looked for.
 */
export const leave = fn(
  () => Ref.partial({ userId: true }),
  async ({ topic, connectionId, userId }): Promise<{ left: boolean }> => {
    const guessed = userId ?? actorId()
    const own = guessed ? await leaveAs(topic, { connectionId, userId: guessed }) : undefined
    if (own?.taken || userId) return { left: own?.left ?? false }
    const entry = (await entriesOf(topic)).find((each) => each.connectionId === connectionId)
    return { left: entry !== undefined && (await leaveAs(topic, entry)).left }
  },
)

async function leaveAs(topic: string, entry: table.Entry) {
  const result = await take(topic, entry, false)
  if (result.taken) await connections.removeTopic(entry, topic)
  return result
}

/** As `leave`, for a connection that was lost: its person is noted as away until `announce` or a return. */
export const lose = fn(
  () => Ref,
  ({ topic, ...entry }) => take(topic, entry, true),
)

/** Whether a person who was lost is still away: true once, for the one who is to tell the others. */
export const depart = fn(
  () => z.object({ topic: Topic, userId: Key() }),
  async ({ topic, userId }): Promise<boolean> => {
    const { depth } = await table.head(topic, now())
    const { others, away } = await othersOf(topic, { connectionId: "", userId }, depth)
    if (others.length > 0) return false
    let isFirst = false
    for (const bucket of away) if (await table.returned(topic, bucket, userId)) isFirst = true
    return isFirst
  },
)

/** Takes all connections of a person off a topic; gives them. For those who may not listen any more. */
export const evict = fn(
  () => z.object({ topic: Topic, userId: Key() }),
  async ({ topic, userId }): Promise<string[]> => {
    const { depth } = await table.head(topic, now())
    const found = await table.buckets(topic, bucketsOf(userId, depth), now())
    const entries = found.flatMap(({ entries }) => entries).filter((entry) => entry.userId === userId)
    for (const { connectionId } of entries) await leave({ topic, connectionId, userId })
    return entries.map(({ connectionId }) => connectionId)
  },
)

/** How many connections of each person listen to a topic. */
export const connectionsOf = fn(
  () => z.object({ topic: Topic }),
  async ({ topic }): Promise<Map<string, number>> => {
    const counts = new Map<string, number>()
    const entries = await entriesOf(topic)
    for (const { userId } of new Map(entries.map((entry) => [entry.connectionId, entry])).values())
      counts.set(userId, (counts.get(userId) ?? 0) + 1)
    return counts
  },
)

/** Everybody who listens to a topic, each person once. */
export const present = fn(
  () => z.object({ topic: Topic }),
  async ({ topic }): Promise<{ userId: string }[]> => {
    const people = (await connectionsOf({ topic })).keys()
    return [...people].map((userId) => ({ userId }))
  },
)

/** Everybody who listens to a room, and whether somebody may be in its call: one read for both. */
export const presentWithCall = fn(
  () => z.object({ topic: Topic }),
  async ({ topic }) => {
    const listeners = await listenersOf(topic)
    const people = new Set((await entriesOf(topic, listeners)).map(({ userId }) => userId))
    return { people, mayHaveCall: listeners.mayHaveCall }
  },
)

/** Has those who read a room's roster look for its call too, as long as anybody who enters it now can be in it. Safe to repeat. */
export const noteCall = fn(
  () => z.object({ topic: Topic }),
  ({ topic }) => table.noteCall(topic, times()),
)
