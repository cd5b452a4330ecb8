import { backOffMs, until } from "../wait.ts"
import type { StreamRecord } from "./dynamodb-event.ts"
import { DynamodbShard } from "./dynamodb-shard.ts"
import { Lane } from "./lane.ts"
import { callAs, type Poller, type PollerParts, requireCall } from "./poller.ts"

/** AWS asks four times a second; here the answer waits for records, which is as quick and leaves the call log readable. */
const WAIT_MS = 20_000
/** Records read ahead of the lanes, in batches. */
const AHEAD = 4
const MOST_RECORDS = 1_000

interface ShardInfo {
  ShardId: string
  ParentShardId?: string
}

interface Following {
  shard: DynamodbShard
  lanes: Lane[]
}

/** Calls a function with the records of a table's stream, read through the API as its role, shard by shard. */
export function dynamodbPoller(parts: PollerParts): Poller {
  const { mapping, cloud, signal, target, positions } = parts
  const StreamArn = mapping.sourceArn
  const streamName = StreamArn.split(":table/")[1] ?? StreamArn
  const operation = (name: string) => `DynamoDBStreams_20120810.${name}`
  const following = new Map<string, Following>()

  async function describe(): Promise<ShardInfo[]> {
    const shards: ShardInfo[] = []
    let ExclusiveStartShardId: string | undefined
    do {
      const { StreamDescription } = await requireCall(parts, "dynamodb", operation("DescribeStream"), {
        StreamArn,
        ExclusiveStartShardId,
      })
      shards.push(...StreamDescription.Shards)
      ExclusiveStartShardId = StreamDescription.LastEvaluatedShardId
    } while (ExclusiveStartShardId)
    return shards
  }

  /** An iterator after what is done, or where the mapping starts; at the oldest record where what was done has been trimmed. */
  async function iterator(ShardId: string, type: string, after: string | undefined): Promise<string> {
    const ask = (more: object) => callAs(parts, "dynamodb", operation("GetShardIterator"), { StreamArn, ShardId, ...more })
    const wanted =
      after === undefined ? { ShardIteratorType: type } : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: after }
    let answer = await ask(wanted)
    if (answer.status >= 400 && after !== undefined) answer = await ask({ ShardIteratorType: "TRIM_HORIZON" })
    if (answer.status >= 400)
      throw new Error(`GetShardIterator of ${ShardId}: ${String(answer.json?.__type)}: ${String(answer.json?.message)}`)
    return answer.json.ShardIterator
  }

  /** Reads a shard to its end, never far ahead of its lanes. */
  async function read({ shard, lanes }: Following, type: string): Promise<void> {
    const left = positions.get(shard.id)
    // Where nothing was done yet, only the time is known from which LATEST counted.
    const since = left?.startsWith("@") ? Number(left.slice(1)) : 0
    let last = since > 0 ? undefined : left
    let next: string | undefined
    for (let failures = 0; !signal.aborted;) {
      try {
        next ??= await iterator(shard.id, since > 0 ? "TRIM_HORIZON" : type, last)
        const { status, json } = await callAs(
          parts,
          "dynamodb",
          operation("GetRecords"),
          { ShardIterator: next, Limit: Math.min(MOST_RECORDS, Math.max(100, mapping.batchSize)) },
          { "x-backline-wait": String(WAIT_MS) },
        )
        if (signal.aborted) return
        if (status >= 400) throw new Error(`${String(json?.__type)}: ${String(json?.message)}`)
        const records: StreamRecord[] = json.Records
        shard.add(records.filter(({ dynamodb }) => dynamodb.ApproximateCreationDateTime >= since))
        last = records.at(-1)?.dynamodb.SequenceNumber ?? last
        next = json.NextShardIterator
        shard.closed = next === undefined
        failures = 0
        for (const lane of lanes) lane.changed()
        if (shard.closed) return
        await roomIn(shard)
      } catch (error) {
        // Iterators expire and records are trimmed while a function fails for long: reading goes on where it was.
        next = undefined
        if (failures++ === 0 && !String(error).includes("ExpiredIterator"))
          cloud.log("lambda", `${target.spec.name} cannot read ${streamName}: ${String(error)}`)
        await until(cloud, cloud.now() + backOffMs(failures), signal)
      }
    }
  }

  const waiting = new Map<DynamodbShard, () => void>()

  async function roomIn(shard: DynamodbShard): Promise<void> {
    const most = Math.max(MOST_RECORDS, AHEAD * mapping.batchSize * mapping.parallelization)
    while (!signal.aborted && shard.end - shard.start >= most) await new Promise<void>((resolve) => waiting.set(shard, resolve))
  }

  function follow(id: string, type: string): void {
    const shard = new DynamodbShard(parts, id, streamName)
    const lanes = Array.from({ length: mapping.parallelization }, (_, lane) => new Lane(parts, shard, lane, 0))
    const own = { shard, lanes }
    following.set(id, own)
    shard.done = () => {
      const before = shard.doneUntil
      shard.release(Math.min(...lanes.map(({ position }) => position)))
      if (shard.doneUntil !== undefined && shard.doneUntil !== before) positions.set(id, shard.doneUntil)
      waiting.get(shard)?.()
    }
    void read(own, type)
    for (const lane of lanes)
      void lane.run().then(
        () => (lanes.every(({ drained }) => drained) ? followChildren() : undefined),
        (error: unknown) => parts.crashed(error),
      )
  }

  /** A child is read once its parent is drained or gone, so the order of each item's records survives a new shard. */
  async function followChildren(): Promise<void> {
    if (signal.aborted) return
    const shards = await describe()
    positions.keep(shards.map(({ ShardId }) => ShardId))
    const known = new Set(shards.map(({ ShardId }) => ShardId))
    for (const { ShardId, ParentShardId } of shards) {
      if (following.has(ShardId)) continue
      const parent = ParentShardId === undefined ? undefined : following.get(ParentShardId)
      const isOver = parent ? parent.lanes.every(({ drained }) => drained) : !known.has(ParentShardId!)
      if (isOver) follow(ShardId, "TRIM_HORIZON")
    }
  }

  /** Shards to begin with: the first ones, or for LATEST those that are still written. After a restart, where each was left. */
  function begin(shards: readonly ShardInfo[]): void {
    const known = new Set(shards.map(({ ShardId }) => ShardId))
    const hasChild = new Set(shards.map(({ ParentShardId }) => ParentShardId))
    const isLatest = mapping.startingPosition === "LATEST" && positions.isEmpty
    for (const { ShardId, ParentShardId } of shards) {
      const isFirst = ParentShardId === undefined || !known.has(ParentShardId)
      if (isLatest ? hasChild.has(ShardId) : !isFirst) continue
      follow(ShardId, isLatest ? "LATEST" : "TRIM_HORIZON")
      if (isLatest) positions.set(ShardId, `@${Math.floor(cloud.now() / 1000)}`)
    }
  }

  return {
    async start() {
      if (mapping.startingPosition !== "LATEST" && mapping.startingPosition !== "TRIM_HORIZON")
        throw new Error(
          `StartingPosition ${mapping.startingPosition} of ${mapping.id}: streams of tables start at TRIM_HORIZON or LATEST.`,
        )
      await requireCall(parts, "dynamodb", operation("ListStreams"), {})
      const shards = await describe()
      for (const { ShardId } of shards.slice(0, 1)) {
        const { ShardIterator } = await requireCall(parts, "dynamodb", operation("GetShardIterator"), {
          StreamArn,
          ShardId,
          ShardIteratorType: "TRIM_HORIZON",
        })
        await requireCall(parts, "dynamodb", operation("GetRecords"), { ShardIterator, Limit: 1 })
      }
      begin(shards)
      const stop = () => {
        for (const resolve of waiting.values()) resolve()
      }
      signal.addEventListener("abort", stop, { once: true })
    },
    state: () =>
      [...following.values()].map(({ shard, lanes }) => ({
        shard: shard.id,
        position: Math.min(...lanes.map(({ position }) => position)),
        end: shard.end,
        sequenceNumber: shard.doneUntil ?? positions.get(shard.id),
      })),
  }
}
