import { QueryCommand } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { everyPending, everyProgress, Progress } from "./table.ts"

/** Progress of one shard, with what the warehouse holds. */
export interface ShardProgress extends Progress {
  /** Every record up to this sequence number is in the warehouse (or in quarantine); "0" before the first load. */
  loaded: string
  /** How long the oldest object has waited for the warehouse; 0 where it has all. */
  behindMs: number
}

/** Objects of before `writtenAt` was kept have none. */
type FirstPending = { firstSequence: string; writtenAt?: number }

async function firstPending(stream: string, shard: string): Promise<FirstPending | undefined> {
  const { Items } = await dynamo().send(
    new QueryCommand({
      TableName: config("INGEST_TABLE"),
      ...everyPending(stream, shard),
      ProjectionExpression: "firstSequence, writtenAt",
      ConsistentRead: true,
      Limit: 1,
    }),
  )
  return Items?.[0] as FirstPending | undefined
}

/** What a shard's warehouse position is: all that was consumed, or everything before the oldest object that is still pending. */
export function loadedOf(consumed: string, pending: string | undefined): string {
  if (pending === undefined) return consumed
  const before = BigInt(pending) - 1n
  return String(before < BigInt(consumed) ? before : BigInt(consumed))
}

/** Every shard that ever saw a record. */
export async function listProgress(): Promise<Progress[]> {
  const { Items = [] } = await dynamo().send(
    new QueryCommand({
      TableName: config("INGEST_TABLE"),
      ...everyProgress(),
      ConsistentRead: true,
    }),
  )
  return Items.map((item) => Progress.parse(item))
}

/** How far every shard of every stream was read and loaded. Shards that never saw a record are absent. */
export async function progress(): Promise<{ shards: ShardProgress[]; at: number }> {
  // Progress first, pending rows second: the other way round, an object written between the two reads would count as loaded.
  const shards = await Promise.all(
    (await listProgress()).map(async (shard) => {
      const pending = await firstPending(shard.stream, shard.shard)
      const behindMs = pending ? Math.max(0, now() - (pending.writtenAt ?? now())) : 0
      return { ...shard, loaded: loadedOf(shard.consumed, pending?.firstSequence), behindMs }
    }),
  )
  return { shards, at: now() }
}
