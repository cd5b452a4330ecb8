import * as z from "zod"
import { below, everyOf } from "../dynamo/index.ts"
import { LakeObject } from "../lake/object.ts"
import { paddedSequence } from "../lake/tables.ts"

/**
 * INGEST_TABLE, the only file that knows its keys:
 * - `progress` / `<stream>#<shard>`: how far a shard was read. Read all: query `progress`. Written by the consumer of that shard only.
 * - `pending#<stream>#<shard>` / `<first sequence, padded>#<key>`: an object in the lake that the warehouse has not loaded.
 *   Oldest of a shard: query with limit 1. Written with the progress in one transaction, told to the loader again while it is overdue, deleted by the loader after its commit.
 */
const PROGRESS = "progress"

export const progressKey = (stream: string, shard: string) => ({ pk: PROGRESS, sk: `${stream}#${shard}` })
export const pendingPartition = (stream: string, shard: string) => `pending#${stream}#${shard}`
/** Of a shard, every object that is pending; those that begin up to a sequence number; and how far every shard was read: as queries take them. */
export const everyPending = (stream: string, shard: string) => everyOf(pendingPartition(stream, shard))
export const pendingTo = (stream: string, shard: string, last: string) =>
  below(pendingPartition(stream, shard), paddedSequence(String(BigInt(last) + 1n)))
export const everyProgress = () => everyOf(PROGRESS)
export const pendingKey = (object: Pick<LakeObject, "stream" | "shard" | "firstSequence" | "key">) => ({
  pk: pendingPartition(object.stream, object.shard),
  sk: `${paddedSequence(object.firstSequence)}#${object.key}`,
})

const Recent = z.object({ id: z.string(), type: z.string(), at: z.number(), label: z.string() })

/** How far one shard was read. */
export const Progress = z.object({
  stream: z.string(),
  shard: z.string(),
  /** Sequence number of the last record that is in the lake or in quarantine. */
  consumed: z.string(),
  /** Arrival of that record in the stream, epoch milliseconds. */
  arrivedAt: z.number(),
  /** Records since ever by event type; a repeated event counts again here, the warehouse keeps it once. */
  counts: z.record(z.string(), z.number()),
  /** Records that are no events. */
  quarantined: z.number(),
  /** At most the last five events, newest first. */
  recent: z.array(Recent),
})
export type Progress = z.output<typeof Progress>

export const progressItem = (progress: Progress) => ({ ...progressKey(progress.stream, progress.shard), ...progress })
/** Both in epoch milliseconds; who finds `announcedAt` long ago tells the loader again. */
export const pendingItem = (object: LakeObject, at: number) => ({
  ...pendingKey(object),
  ...object,
  writtenAt: at,
  announcedAt: at,
})
