import { AwsError } from "../../../service.ts"
import { explicitHashKey } from "../hash.ts"
import { onStream, operation, streamOf } from "./operation.ts"
import type { Shard } from "../shard.ts"

function requireOpen(shard: Shard): Shard {
  if (!shard.closed) return shard
  throw new AwsError("ResourceInUseException", `Shard ${shard.id} is already closed: it was split or merged before.`)
}

/** Takes effect at once. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SplitShard.html */
export const SplitShard = operation({
  members: ["StreamName", "StreamARN", "ShardToSplit", "NewStartingHashKey"],
  access: onStream("SplitShard"),
  run(call) {
    const { input, now } = call
    const stream = streamOf(call)
    const shard = requireOpen(stream.shard(input.ShardToSplit))
    const at = explicitHashKey(input.NewStartingHashKey)
    if (at <= shard.range.from || at > shard.range.to)
      throw new AwsError(
        "InvalidArgumentException",
        `NewStartingHashKey ${at} used in SplitShard() on shard ${shard.id} is not inside its hash range.`,
      )
    stream.reshard(
      [shard],
      [
        { from: shard.range.from, to: at - 1n },
        { from: at, to: shard.range.to },
      ],
      now,
    )
    return {}
  },
})

/** Takes effect at once. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_MergeShards.html */
export const MergeShards = operation({
  members: ["StreamName", "StreamARN", "ShardToMerge", "AdjacentShardToMerge"],
  access: onStream("MergeShards"),
  run(call) {
    const { input, now } = call
    const stream = streamOf(call)
    const one = requireOpen(stream.shard(input.ShardToMerge))
    const other = requireOpen(stream.shard(input.AdjacentShardToMerge))
    const [low, high] = one.range.from < other.range.from ? [one, other] : [other, one]
    if (low.range.to + 1n !== high.range.from)
      throw new AwsError(
        "InvalidArgumentException",
        `Shards ${one.id} and ${other.id} in stream ${stream.name} are not an adjacent pair of shards eligible for merging.`,
      )
    stream.reshard([one, other], [{ from: low.range.from, to: high.range.to }], now)
    return {}
  },
})
