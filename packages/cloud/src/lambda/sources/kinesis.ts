import type { Streams } from "../../services/kinesis/index.ts"
import type { Shard } from "../../services/kinesis/shard.ts"
import type { Stream } from "../../services/kinesis/stream.ts"
import { KinesisShard } from "./kinesis-shard.ts"
import { Lane } from "./lane.ts"
import { type Poller, type PollerParts, requireCall } from "./poller.ts"

/** Calls a function with the records of a stream, shard by shard. Records are read in process; the calls that AWS would make are still authorized and logged. */
export function kinesisPoller(parts: PollerParts & { streams: Streams }): Poller {
  const { mapping, cloud, signal, streams, positions } = parts
  const name = mapping.sourceArn.split(":stream/")[1]!
  const lanes = new Map<Shard, Lane[]>()

  /** Where the mapping says, for a shard that no poller has read. */
  const firstOf = (shard: Shard): number => {
    if (shard.parents.length > 0) return shard.start
    if (mapping.startingPosition === "LATEST") return shard.end
    return mapping.startingPosition === "AT_TIMESTAMP" ? shard.firstSince(mapping.startingAt) : shard.start
  }

  /** Where earlier pollers left each lane; all at the earliest of them where there were more or fewer lanes. */
  function startsOf(shard: Shard): number[] {
    const left =
      positions
        .get(shard.id)
        ?.split(",")
        .map((sequence) => shard.sequence.positionOf(sequence)) ?? []
    // A stream that was made anew has other sequence numbers: nothing of it was read.
    const known = left.length > 0 && left.every((position) => position !== undefined) ? left : [firstOf(shard)]
    const same = known.length === mapping.parallelization
    return Array.from({ length: mapping.parallelization }, (_, lane) => (same ? known[lane]! : Math.min(...known)))
  }

  function follow(stream: Stream, shard: Shard): void {
    const read = new KinesisShard(parts, stream, shard)
    const own = startsOf(shard).map((start, lane) => new Lane(parts, read, lane, start))
    lanes.set(shard, own)
    const note = () => positions.set(shard.id, own.map(({ position }) => shard.sequence.at(position)).join(","))
    // What LATEST meant must not be forgotten with this poller.
    note()
    read.done = () => signal.aborted || note()
    for (const lane of own)
      void lane.run().then(
        () => followChildren(stream),
        (error: unknown) => parts.crashed(error),
      )
  }

  /** A child is read once all its parents are drained, so order per key survives a reshard. */
  function followChildren(stream: Stream): void {
    if (signal.aborted) return
    for (const shard of stream.shards) {
      if (lanes.has(shard)) continue
      const parents = stream.shards.filter(({ id }) => shard.parents.includes(id))
      if (parents.every((parent) => lanes.get(parent)?.every(({ drained }) => drained) ?? false)) follow(stream, shard)
    }
  }

  return {
    async start() {
      const StreamARN = mapping.sourceArn
      const target = (operation: string) => `Kinesis_20131202.${operation}`
      await requireCall(parts, "kinesis", target("DescribeStream"), { StreamARN })
      await requireCall(parts, "kinesis", target("DescribeStreamSummary"), { StreamARN })
      await requireCall(parts, "kinesis", target("ListShards"), { StreamARN })
      const stream = streams.get(name, cloud.account)
      for (const shard of stream.shards) {
        const more = mapping.startingPosition === "AT_TIMESTAMP" ? { Timestamp: mapping.startingAt / 1000 } : {}
        await requireCall(parts, "kinesis", target("GetShardIterator"), {
          StreamARN,
          ShardId: shard.id,
          ShardIteratorType: mapping.startingPosition,
          ...more,
        })
        await requireCall(
          parts,
          "kinesis",
          target("GetRecords"),
          { StreamARN, Records: 0, Bytes: 0 },
          { "x-backline-door": streams.door },
        )
      }
      for (const shard of stream.shards) if (shard.parents.length === 0) follow(stream, shard)
      const unlisten = stream.listen(() => {
        for (const own of lanes.values()) for (const lane of own) lane.changed()
      })
      signal.addEventListener("abort", unlisten, { once: true })
    },
    state: () =>
      [...lanes].map(([shard, own]) => ({
        shard: shard.id,
        position: Math.min(...own.map(({ position }) => position)),
        end: shard.end,
        sequenceNumber: shard.sequence.at(Math.min(...own.map(({ position }) => position))),
        iteratorAgeMs: own.map((lane) => lane.ageMs()),
      })),
  }
}
