import { createHash } from "node:crypto"

/**
 * A roster is a binary tree of buckets, numbered as a heap: 1 is the head, 2 and 3 its first level, 4 to 7 the second … New connections go to
 * the deepest level; when one of its buckets is full of several people the tree gets another level. Nothing ever moves, so nothing is lost on the way.
 */

/** Entries of about 55 bytes: sixteen keep a bucket within 1 KB, one write unit. */
export const CAPACITY = 16

/** So many people in a full bucket part on the next level. */
export const CROWD = 4

/** A person's connections share a bucket of each level, so one read sees whether the person has others. */
export const bucketAt = (level: number, userId: string): number =>
  level === 0 ? 1 : 2 ** level + (createHash("sha256").update(userId).digest().readUInt32BE(0) % 2 ** level)

/** Where a person's connections may be, in a tree of this depth. */
export const bucketsOf = (userId: string, depth: number): number[] =>
  Array.from({ length: depth + 1 }, (_, level) => bucketAt(level, userId))

/** Buckets of one shard: about a thousand connections, what one function posts to within a second. */
const SHARD = 64

export const shardsOf = (depth: number): number => Math.ceil(2 ** (depth + 1) / SHARD)

/** First and last bucket of a shard. */
export const rangeOf = (shard: number): [from: number, to: number] => [Math.max(1, shard * SHARD), (shard + 1) * SHARD - 1]
