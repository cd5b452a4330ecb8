import type { ResourceType } from "../../service.ts"
import { streamArn } from "./operation.ts"
import type { Streams } from "./streams.ts"

/** An on-demand stream starts with four shards: https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html */
const ON_DEMAND_SHARDS = 4

export const streamType = (streams: Streams): ResourceType => ({
  simulated: ["Name", "ShardCount", "StreamModeDetails.StreamMode", "RetentionPeriodHours"],
  ignored: {
    StreamEncryption: "records never leave this process's memory",
    Tags: "tags decide nothing here",
  },
  identify(resource, place) {
    const ref = resource.property("Name") ?? resource.physicalName({ max: 128 })
    const arn = streamArn(place, ref)
    return { ref, arn, attributes: { Arn: arn } }
  },
  /** Retention and shard count change while it runs. */
  async update({ identity, properties }, _, cloud) {
    const stream = streams.get(identity.ref, cloud.account)
    stream.options.retentionHours = Number(properties.RetentionPeriodHours ?? 24)
    if (stream.options.mode === "PROVISIONED") stream.declare(Number(properties.ShardCount ?? 1), cloud.now())
  },
  async provision({ identity, properties }, cloud) {
    const mode = properties.StreamModeDetails?.StreamMode ?? "PROVISIONED"
    streams.create({
      name: identity.ref,
      arn: identity.arn!,
      mode,
      shards: mode === "ON_DEMAND" ? ON_DEMAND_SHARDS : Number(properties.ShardCount ?? 1),
      retentionHours: Number(properties.RetentionPeriodHours ?? 24),
      createdAt: cloud.now(),
    })
  },
})
