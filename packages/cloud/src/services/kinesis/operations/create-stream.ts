import { AwsError } from "../../../service.ts"
import { invalid } from "../errors.ts"
import type { Given } from "../../protocol/operation.ts"
import { onStream, operation, streamArn, streamName } from "./operation.ts"
import { readDistribution, readRecordSize } from "../settings.ts"
import type { StreamOptions } from "../stream.ts"

/** An on-demand stream starts with four shards: https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html */
export const ON_DEMAND_SHARDS = 4
const RETENTION_HOURS = 24
/** An account may have 20,000; each is a folder here. */
const MOST_SHARDS = 1_000

function shardsOf(mode: StreamOptions["mode"], given: unknown): number {
  if (mode === "ON_DEMAND") {
    if (given === undefined) return ON_DEMAND_SHARDS
    throw new AwsError("InvalidArgumentException", "ShardCount must not be given for a stream with on-demand capacity mode.")
  }
  if (given === undefined) throw new AwsError("InvalidArgumentException", "ShardCount is required for a provisioned stream.")
  if (!Number.isInteger(given) || Number(given) < 1)
    throw invalid("shardCount", "Member must have value greater than or equal to 1")
  if (Number(given) > MOST_SHARDS)
    throw new AwsError("LimitExceededException", `NOT_SIMULATED: more than ${MOST_SHARDS} shards: give the stream fewer.`)
  return Number(given)
}

/** The stream is active at once. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html */
export const CreateStream = operation({
  members: ["StreamName", "StreamModeDetails", "ShardCount", "MaxRecordSizeInKiB", "RecordDistributionStrategy"],
  access: onStream("CreateStream"),
  run({ input, streams, cloud, now }) {
    const name = streamName({ StreamName: input.StreamName })
    const mode = (input.StreamModeDetails as Given<"StreamMode"> | undefined)?.StreamMode ?? "PROVISIONED"
    if (mode !== "PROVISIONED" && mode !== "ON_DEMAND")
      throw invalid("streamModeDetails.streamMode", "Member must satisfy enum value set: [PROVISIONED, ON_DEMAND]")
    const { MaxRecordSizeInKiB, RecordDistributionStrategy } = input
    const options: StreamOptions = {
      name,
      arn: streamArn(cloud, name),
      mode,
      shards: shardsOf(mode, input.ShardCount),
      retentionHours: RETENTION_HOURS,
      maxRecordKiB: MaxRecordSizeInKiB === undefined ? undefined : readRecordSize(MaxRecordSizeInKiB),
      distribution: RecordDistributionStrategy === undefined ? undefined : readDistribution(RecordDistributionStrategy, mode),
      createdAt: now,
    }
    if (streams.find(name))
      throw new AwsError("ResourceInUseException", `Stream ${name} under account ${cloud.account} already exists.`)
    streams.make(options)
    return {}
  },
})
