import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs"
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  SplitShardCommand,
} from "@aws-sdk/client-kinesis"
import { once, type Row, type World } from "./row.ts"

const ShardId = "shardId-000000000000"

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html#API_PutRecords_Errors */
export function kinesisRows(world: World): Row[] {
  const client = new KinesisClient(once(world))
  const StreamName = "events"
  const put = (input: object) =>
    client.send(new PutRecordCommand({ StreamName, PartitionKey: "a", Data: Buffer.from("{}"), ...input }))
  const iterator = (input: object) =>
    client.send(new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: "LATEST", ...input }))
  const many = Array.from({ length: 501 }, () => ({ PartitionKey: "a", Data: Buffer.from("{}") }))
  const [V, I, R] = ["ValidationException", "InvalidArgumentException", "ResourceNotFoundException"] as const

  return [
    ["PutRecord to no stream", () => put({ StreamName: "nowhere" }), R, 400],
    ["PutRecord with a key of 257 characters", () => put({ PartitionKey: "x".repeat(257) }), V, 400],
    ["PutRecord with a hash key that is no number", () => put({ ExplicitHashKey: "x" }), I, 400],
    ["PutRecords of 501", () => client.send(new PutRecordsCommand({ StreamName, Records: many })), V, 400],
    ["GetShardIterator of no shard", () => iterator({ ShardId: "shardId-000000000099" }), R, 400],
    [
      "GetShardIterator at no sequence number",
      () => iterator({ ShardIteratorType: "AT_SEQUENCE_NUMBER", StartingSequenceNumber: "x" }),
      I,
      400,
    ],
    ["GetRecords with no iterator of ours", () => client.send(new GetRecordsCommand({ ShardIterator: "none" })), I, 400],
    [
      "GetRecords of 10,001",
      () => iterator({}).then(({ ShardIterator }) => client.send(new GetRecordsCommand({ ShardIterator, Limit: 10_001 }))),
      V,
      400,
    ],
    ["ListShards of no stream", () => client.send(new ListShardsCommand({ StreamName: "nowhere" })), R, 400],
    [
      "SplitShard outside the shard",
      () => client.send(new SplitShardCommand({ StreamName, ShardToSplit: ShardId, NewStartingHashKey: "0" })),
      I,
      400,
    ],
  ]
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html#API_PutLogEvents_Errors */
export function logsRows(world: World): Row[] {
  const client = new CloudWatchLogsClient(once(world))
  const names = { logGroupName: "/own", logStreamName: "none" }
  const logEvents = [{ timestamp: Date.now(), message: "text" }]
  return [
    [
      "CreateLogGroup of one that exists",
      () => client.send(new CreateLogGroupCommand({ logGroupName: "/own" })),
      "ResourceAlreadyExistsException",
      400,
    ],
    [
      "PutLogEvents to no stream",
      () => client.send(new PutLogEventsCommand({ ...names, logEvents })),
      "ResourceNotFoundException",
      400,
    ],
    [
      "GetLogEvents of no group",
      () => client.send(new GetLogEventsCommand({ ...names, logGroupName: "/none" })),
      "ResourceNotFoundException",
      400,
    ],
  ]
}
