import { AwsError } from "../../../service.ts"
import { writeIterator } from "../iterator.ts"
import { invalid } from "../errors.ts"
import type { Given } from "../../protocol/operation.ts"
import { onStream, operation, streamOf } from "./operation.ts"
import type { Shard } from "../shard.ts"

function positionOf(shard: Shard, type: unknown, input: Given<"StartingSequenceNumber" | "Timestamp">): number {
  switch (type) {
    case "TRIM_HORIZON":
      return shard.start
    case "LATEST":
      return shard.end
    case "AT_TIMESTAMP":
      if (typeof input.Timestamp !== "number")
        throw new AwsError(
          "InvalidArgumentException",
          "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP.",
        )
      return shard.firstSince(input.Timestamp * 1000)
    case "AT_SEQUENCE_NUMBER":
    case "AFTER_SEQUENCE_NUMBER": {
      const sequence = String(input.StartingSequenceNumber ?? "")
      const position = shard.sequence.positionOf(sequence)
      // The end of a closed shard has a number, that of an open one has none yet.
      if (position === undefined || position >= shard.end + (shard.closed ? 1 : 0))
        throw new AwsError(
          "InvalidArgumentException",
          `StartingSequenceNumber ${sequence} used in GetShardIterator on shard ${shard.id} is invalid because it did not come from this shard.`,
        )
      // Where a shard starts there is no record: AT and AFTER it both begin with the first.
      return Math.min(shard.end, Math.max(shard.start, position + (type === "AFTER_SEQUENCE_NUMBER" ? 1 : 0)))
    }
    default:
      throw invalid(
        "shardIteratorType",
        "Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]",
      )
  }
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html */
export const GetShardIterator = operation({
  members: ["StreamName", "StreamARN", "ShardId", "ShardIteratorType", "StartingSequenceNumber", "Timestamp"],
  access: onStream("GetShardIterator"),
  run(call) {
    const { input, now } = call
    const stream = streamOf(call)
    const shard = stream.shard(input.ShardId)
    stream.expire(now)
    const position = positionOf(shard, input.ShardIteratorType, input)
    return { output: { ShardIterator: writeIterator({ stream: stream.name, shard: shard.id, position, issuedAt: now }) } }
  },
})
