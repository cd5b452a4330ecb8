import type { Streams } from "../../services/kinesis/index.ts"
import type { Shard } from "../../services/kinesis/shard.ts"
import type { Stream } from "../../services/kinesis/stream.ts"
import { KinesisShard } from "./kinesis-shard.ts"
import { Lane } from "./lane.ts"
import { type Poller, type PollerParts, requireCall } from "./poller.ts"

/** Calls a function with the records of a stream, shard by shard. Records are read in process; the calls that AWS would make are still authorized and logged. */
export function kinesisPoller(parts: PollerParts & { streams: Streams }): Poller {
  const { mapping, cloud, signal, streams, target } = parts
  const name = mapping.sourceArn.split(":stream/")[1]!
  const lanes = new Map<Shard, Lane[]>()

  const startOf = (shard: Shard): number => {
    if (mapping.startingPosition === "LATEST") return shard.end
    return mapping.startingPosition === "AT_TIMESTAMP" ? shard.firstSince(mapping.startingAt) : shard.start
  }

  function follow(stream: Stream, shard: Shard, start: number): void {
    const read = new KinesisShard(parts, stream, shard)
    const own = Array.from({ length: mapping.parallelization }, (_, lane) => new Lane(parts, read, lane, start))
    lanes.set(shard, own)
    for (const lane of own)
      void lane.run().then(
        () => followChildren(stream),
        (error: unknown) => cloud.log("lambda", `${target.spec.name} stopped reading ${name} ${shard.id}: ${String(error)}`),
      )
  }

  /** A child is read once all its parents are drained, so order per key survives a reshard. */
  function followChildren(stream: Stream): void {
    if (signal.aborted) return
    for (const shard of stream.shards) {
      if (lanes.has(shard)) continue
      const parents = stream.shards.filter(({ id }) => shard.parents.includes(id))
      if (parents.every((parent) => lanes.get(parent)?.every(({ drained }) => drained) ?? false))
        follow(stream, shard, shard.start)
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
      for (const shard of stream.shards) if (shard.parents.length === 0) follow(stream, shard, startOf(shard))
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
      })),
  }
}
