import type { ResourceType } from "../../service.ts"
import { ON_DEMAND_SHARDS } from "./operations/create-stream.ts"
import { streamArn } from "./operations/operation.ts"
import { readDistribution, readRecordSize, type Settings } from "./settings.ts"
import type { StreamOptions } from "./stream.ts"
import type { Streams } from "./streams.ts"

/** What calls may change too: a call's value stays until the template gives another one. */
function settingsOf(properties: Record<string, any>, mode: StreamOptions["mode"]): Settings {
  const { RetentionPeriodHours, MaxRecordSizeInKiB, RecordDistributionStrategy } = properties
  return {
    retentionHours: Number(RetentionPeriodHours ?? 24),
    maxRecordKiB: MaxRecordSizeInKiB === undefined ? undefined : readRecordSize(MaxRecordSizeInKiB),
    distribution: RecordDistributionStrategy === undefined ? undefined : readDistribution(RecordDistributionStrategy, mode),
  }
}

export const streamType = (streams: Streams): ResourceType => ({
  simulated: [
    "Name",
    "ShardCount",
    "StreamModeDetails.StreamMode",
    "RetentionPeriodHours",
    "MaxRecordSizeInKiB",
    "RecordDistributionStrategy",
  ],
  ignored: {
    StreamEncryption: "records never leave this process's memory",
    Tags: "tags decide nothing here",
  },
  refused: {
    WarmThroughputMiBps: "throughput is not bought in advance here: leave it out.",
    DesiredShardLevelMetrics: "no metrics are made of shards here: leave it out.",
  },
  identify(resource, place) {
    const ref = resource.property("Name") ?? resource.physicalName({ max: 128 })
    const arn = streamArn(place, ref)
    return { ref, arn, attributes: { Arn: arn } }
  },
  /** Settings and shard count change while it runs. */
  async update({ identity, properties }, _, cloud) {
    const stream = streams.get(identity.ref, cloud.account)
    stream.take(settingsOf(properties, stream.options.mode))
    if (stream.options.mode === "PROVISIONED") stream.declare(Number(properties.ShardCount ?? 1), cloud.now())
  },
  async provision({ identity, properties }, cloud) {
    const mode = properties.StreamModeDetails?.StreamMode ?? "PROVISIONED"
    streams.create({
      name: identity.ref,
      arn: identity.arn!,
      mode,
      shards: mode === "ON_DEMAND" ? ON_DEMAND_SHARDS : Number(properties.ShardCount ?? 1),
      ...settingsOf(properties, mode),
      createdAt: cloud.now(),
    })
  },
})
