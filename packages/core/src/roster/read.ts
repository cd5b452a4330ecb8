import { now } from "../clock.ts"
import { Recent } from "../recent.ts"
import { rangeOf, shardsOf } from "./bucket.ts"
import * as table from "./table.ts"

/** What a broadcast needs to know first: one read of 1 KB. Small rosters are in it already. */
export interface Listeners {
  version: number
  depth: number
  shards: number
  mayHaveCall: boolean
  /** All of them, where they fit into the head. */
  entries?: table.Entry[]
}

export async function head(topic: string): Promise<Listeners> {
  const { version, depth, entries, callUntil } = await table.head(topic, now())
  return { version, depth, shards: shardsOf(depth), mayHaveCall: callUntil > now(), ...(depth === 0 ? { entries } : {}) }
}

/** Entries this function keeps: some 100,000 texts of 55 bytes. */
const KEPT = 100_000
const cache = new Recent<{ version: number; entries: table.Entry[] }>(KEPT, ({ entries }) => entries.length)

/** The entries of one shard, no older than `version`: from this function's memory where it has them. */
export async function shard(topic: string, version: number, number: number): Promise<table.Entry[]> {
  const key = `${topic} ${number}`
  const known = cache.get(key)
  if (known && known.version >= version) return known.entries
  const entries = (await table.range(topic, rangeOf(number), now())).flatMap((bucket) => bucket.entries)
  cache.set(key, { version, entries })
  return entries
}

/** Forgets what this function remembers of a topic: some of it was found dead. */
export function refresh(topic: string): void {
  for (const key of cache.keys()) if (key.startsWith(`${topic} `)) cache.delete(key)
}

/** Every entry of a topic; `listeners` where its head was just read. */
export async function entriesOf(topic: string, listeners?: Listeners): Promise<table.Entry[]> {
  const { version, shards, entries } = listeners ?? (await head(topic))
  if (entries) return entries
  const all: table.Entry[] = []
  for (let number = 0; number < shards; number++) all.push(...(await shard(topic, version, number)))
  return all
}
