import { validated } from "../validation.ts"
import { sequenceAt } from "./stream.ts"
import type { StreamOperation } from "./operation.ts"

const MOST_SHARDS = 100

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_DescribeStream.html */
export const describeStream: StreamOperation = ({ json, streams }) => {
  validated("DescribeStream", json, ["StreamArn", "Limit", "ExclusiveStartShardId"])
  const stream = streams.get(json.StreamArn)
  const { info, shards, enabled } = stream
  const after = shards.findIndex(({ id }) => id === json.ExclusiveStartShardId)
  const page = shards.slice(after + 1, after + 1 + Math.min(Number(json.Limit ?? MOST_SHARDS), MOST_SHARDS))
  const isLast = page.at(-1) === shards.at(-1) || page.length === 0
  return {
    StreamDescription: {
      StreamArn: info.arn,
      StreamLabel: info.label,
      StreamStatus: enabled ? "ENABLED" : "DISABLED",
      StreamViewType: info.viewType,
      CreationRequestDateTime: info.createdAt / 1000,
      TableName: info.table,
      KeySchema: info.keys.map(({ name }, index) => ({ AttributeName: name, KeyType: index === 0 ? "HASH" : "RANGE" })),
      Shards: page.map(({ id, parent, first, end, closed }) => ({
        ShardId: id,
        SequenceNumberRange: {
          StartingSequenceNumber: sequenceAt(first),
          EndingSequenceNumber: closed ? sequenceAt(Math.max(first, end - 1)) : undefined,
        },
        ParentShardId: parent,
      })),
      LastEvaluatedShardId: isLast ? undefined : page.at(-1)!.id,
    },
  }
}
