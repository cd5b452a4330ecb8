import { onStream, operation, streamOf } from "./operation.ts"
import { recordBytes } from "../settings.ts"
import type { Shard } from "../shard.ts"
import type { Stream } from "../stream.ts"

/** A shard as DescribeStream and ListShards show it. */
export const shownShard = (shard: Shard) => ({
  ShardId: shard.id,
  ParentShardId: shard.parents[0],
  AdjacentParentShardId: shard.parents[1],
  HashKeyRange: { StartingHashKey: String(shard.range.from), EndingHashKey: String(shard.range.to) },
  SequenceNumberRange: {
    StartingSequenceNumber: shard.sequence.start,
    EndingSequenceNumber: shard.closed ? shard.sequence.at(shard.end) : undefined,
  },
})

const described = ({ options }: Stream) => ({
  StreamName: options.name,
  StreamARN: options.arn,
  StreamStatus: "ACTIVE",
  StreamModeDetails: { StreamMode: options.mode },
  RetentionPeriodHours: options.retentionHours,
  StreamCreationTimestamp: options.createdAt / 1000,
  EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
  EncryptionType: "NONE",
})

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStream.html */
export const DescribeStream = operation({
  members: ["StreamName", "StreamARN", "Limit", "ExclusiveStartShardId"],
  access: onStream("DescribeStream"),
  run(call) {
    const { input } = call
    const stream = streamOf(call)
    const from = input.ExclusiveStartShardId === undefined ? 0 : stream.shard(input.ExclusiveStartShardId).index + 1
    const page = stream.shards.slice(from, from + Math.min(Number(input.Limit ?? 100), 10_000))
    const HasMoreShards = from + page.length < stream.shards.length
    return { output: { StreamDescription: { ...described(stream), Shards: page.map(shownShard), HasMoreShards } } }
  },
})

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html */
export const DescribeStreamSummary = operation({
  members: ["StreamName", "StreamARN"],
  access: onStream("DescribeStreamSummary"),
  run(call) {
    const stream = streamOf(call)
    const OpenShardCount = stream.openShards().length
    const { mode, distribution = "USER_PARTITION_KEY" } = stream.options
    const StreamDescriptionSummary = {
      ...described(stream),
      OpenShardCount,
      ConsumerCount: 0,
      MaxRecordSizeInKiB: recordBytes(stream.options) / 1_024,
      RecordDistributionStrategy: mode === "ON_DEMAND" ? distribution : undefined,
    }
    return { output: { StreamDescriptionSummary } }
  },
})
