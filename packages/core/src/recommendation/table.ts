import { createHash } from "node:crypto"
import * as z from "zod"

/**
 * RECOMMENDATION_TABLE, the only file that knows its keys. What a training writes lies under its version, so that nobody reads half of it:
 * - `model` / `current`: which version serves, and which served before it. Replaced on the condition that it is still the one the training began with.
 * - `model` / `turn`: until when one training runs.
 * - `concert#<version>` / `<rank>`: an upcoming concert, by popularity. Vector index byTaste: the vectors of one version, filtered by city and availability.
 * - `taste#<version>` / person: what somebody likes, and why we think so.
 * - `artist#<version>` / artist: factors, from which the next training starts.
 * - `answers#<shard>` / person: what somebody did with what was recommended; sets, so that telling it twice changes nothing. No version, no `ttl`.
 * Rows of versions have a `ttl`: what a training left behind that died half-way goes by itself.
 */
const VECTOR = z.array(z.number())

export const Concert = z.object({
  /** From 1, most popular first. */
  rank: z.number(),
  concertId: z.string(),
  title: z.string(),
  date: z.string(),
  startsAt: z.number().nullable(),
  artistId: z.string().nullable(),
  artist: z.string().nullable(),
  venueId: z.string(),
  venue: z.string().nullable(),
  city: z.string().nullable(),
  /** The city as it is compared: without case and accents. */
  cityKey: z.string(),
  /** From 1, most popular in its city first. */
  cityRank: z.number(),
  isAvailable: z.boolean(),
  /** From 0 to 1, the most popular of all. */
  popularity: z.number(),
  vector: VECTOR,
})
export type Concert = z.output<typeof Concert>

const Known = z.object({
  artistId: z.string(),
  artist: z.string(),
  because: z.enum(["follow", "bought", "viewed"]),
  vector: VECTOR,
})
export type Known = z.output<typeof Known>

export const Taste = z.object({
  person: z.string(),
  vector: VECTOR,
  /** City they mostly go to, folded; empty where unknown. */
  home: z.string(),
  /** The artists that say most, strongest first. */
  known: z.array(Known),
  /** Upcoming concerts they have tickets for. */
  owned: z.array(z.string()),
})
export type Taste = z.output<typeof Taste>

export const Current = z.object({
  version: z.string(),
  previous: z.string().optional(),
  trainedAt: z.number(),
  /** Of the warehouse's data that it was trained on. */
  dataVersion: z.number(),
  people: z.number(),
  concerts: z.number(),
  artists: z.number(),
})
export type Current = z.output<typeof Current>

export const INDEX = "byTaste"
export const CURRENT = { pk: "model", sk: "current" }
export const TURN = { pk: "model", sk: "turn" }

export const KINDS = ["concert", "taste", "artist"] as const
export const partition = (kind: (typeof KINDS)[number], version: string): string => `${kind}#${version}`

const YES = "yes"
export const AVAILABLE = YES

/** City is left out where it is unknown: an empty text is no key of an index. */
export const concertItem = (version: string, { rank, isAvailable, cityKey, ...concert }: Concert) => ({
  pk: partition("concert", version),
  sk: String(rank).padStart(6, "0"),
  model: version,
  available: isAvailable ? YES : "no",
  ...(cityKey && { cityKey }),
  ...concert,
})

export const concertOf = (item: Record<string, unknown>): Concert =>
  Concert.parse({ ...item, rank: Number(item.sk), isAvailable: item.available === YES, cityKey: item.cityKey ?? "" })

export const tasteKey = (version: string, person: string) => ({ pk: partition("taste", version), sk: person })
export const tasteItem = (version: string, taste: Taste) => ({ ...tasteKey(version, taste.person), ...taste })

export const artistItem = (version: string, artist: string, vector: readonly number[]) => ({
  pk: partition("artist", version),
  sk: artist,
  vector,
})

/** One partition takes a thousand writes a second; eight take what people can click. */
export const ANSWER_SHARDS = 8
export const answersPartition = (shard: number): string => `answers#${shard}`
export const answersKey = (person: string) => ({
  pk: answersPartition(createHash("sha256").update(person).digest()[0]! % ANSWER_SHARDS),
  sk: person,
})

const Ids = z.set(z.string()).default(new Set())
export const Said = z.object({ shown: Ids, clicked: Ids, dismissed: Ids })
export type Said = z.output<typeof Said>
