import { AwsError } from "../../../service.ts"
import { invalid, validated } from "../validation.ts"
import { writeIterator } from "./iterator.ts"
import type { StreamOperation } from "./operation.ts"
import type { Shard } from "./shard.ts"
import { positionOf } from "./stream.ts"

const trimmed = () =>
  new AwsError("TrimmedDataAccessException", "The operation attempted to read past the oldest stream record in a shard.")

function positionIn(shard: Shard, type: unknown, sequenceNumber: unknown): number {
  if (type === "TRIM_HORIZON") return shard.start
  if (type === "LATEST") return shard.end
  if (type !== "AT_SEQUENCE_NUMBER" && type !== "AFTER_SEQUENCE_NUMBER")
    throw invalid(
      `1 validation error detected: Value '${String(type)}' at 'shardIteratorType' failed to satisfy constraint: Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_SEQUENCE_NUMBER, TRIM_HORIZON]`,
    )
  const position = positionOf(sequenceNumber)
  if (position === undefined || position < shard.first || position > shard.end)
    throw invalid(`Invalid SequenceNumber: ${String(sequenceNumber)} is not of shard ${shard.id}`)
  if (position < shard.start && shard.start > shard.first) throw trimmed()
  return type === "AT_SEQUENCE_NUMBER" ? position : position + 1
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html */
export const getShardIterator: StreamOperation = ({ json, streams }) => {
  validated("GetShardIterator", json, ["StreamArn", "ShardId", "ShardIteratorType", "SequenceNumber"])
  const stream = streams.get(json.StreamArn)
  const shard = stream.shards.find(({ id }) => id === json.ShardId)
  if (!shard)
    throw new AwsError(
      "ResourceNotFoundException",
      `Requested resource not found: Shard: ${String(json.ShardId)} in Stream ${stream.info.arn} not found`,
    )
  const position = positionIn(shard, json.ShardIteratorType, json.SequenceNumber)
  return { ShardIterator: writeIterator({ arn: stream.info.arn, shard: shard.id, position, issuedAt: streams.now() }) }
}
