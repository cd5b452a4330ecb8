import { now } from "../clock.ts"
import { rangeOf, shardsOf } from "./bucket.ts"
import * as table from "./table.ts"

/** What a broadcast needs to know first: one read of 1 KB. Small rosters are in it already. */
export interface Listeners {
  version: number
  depth: number
  shards: number
  /** All of them, where they fit into the head. */
  entries?: table.Entry[]
}

export async function head(topic: string): Promise<Listeners> {
  const { version, depth, entries } = await table.head(topic, now())
  return { version, depth, shards: shardsOf(depth), ...(depth === 0 ? { entries } : {}) }
}

/** Entries this function keeps: some 100,000 texts of 55 bytes. */
const KEPT = 100_000
const cache = new Map<string, { version: number; entries: table.Entry[] }>()
let kept = 0

function keep(key: string, version: number, entries: table.Entry[]): void {
  kept += entries.length - (cache.get(key)?.entries.length ?? 0)
  cache.delete(key)
  cache.set(key, { version, entries })
  for (const [
    oldest,
    {
      entries: { length },
    },
  ] of cache) {
    if (kept <= KEPT) break
    cache.delete(oldest)
    kept -= length
  }
}

/** The entries of one shard, no older than `version`: from this function's memory where it has them. */
export async function shard(topic: string, version: number, number: number): Promise<table.Entry[]> {
  const key = `${topic} ${number}`
  const known = cache.get(key)
  if (known && known.version >= version) return known.entries
  const entries = (await table.range(topic, rangeOf(number), now())).flatMap((bucket) => bucket.entries)
  keep(key, version, entries)
  return entries
}

/** Every entry of a topic. */
export async function entriesOf(topic: string): Promise<table.Entry[]> {
  const { version, shards, entries } = await head(topic)
  if (entries) return entries
  const all: table.Entry[] = []
  for (let number = 0; number < shards; number++) all.push(...(await shard(topic, version, number)))
  return all
}
