import { join } from "node:path"
import type { AwsRequest, Cloud, Service } from "../../service.ts"
import { CreateStream } from "./create-stream.ts"
import { DeleteStream } from "./delete-stream.ts"
import { DescribeStream, DescribeStreamSummary } from "./describe-stream.ts"
import { GetRecords } from "./get-records.ts"
import { GetShardIterator } from "./get-shard-iterator.ts"
import { readIterator } from "./iterator.ts"
import { ListShards, readShardsToken } from "./list-shards.ts"
import { ListStreams } from "./list-streams.ts"
import { type Operation, streamArn, streamName } from "./operation.ts"
import { PutRecord } from "./put-record.ts"
import { PutRecords } from "./put-records.ts"
import { refusedOperation, refuseMembers } from "./refused.ts"
import { MergeShards, SplitShard } from "./reshard.ts"
import { streamType } from "./stream-type.ts"
import { Streams } from "./streams.ts"
import { UpdateMaxRecordSize } from "./update-max-record-size.ts"
import { UpdateStreamRecordDistributionStrategy } from "./update-stream-record-distribution-strategy.ts"

export { Streams } from "./streams.ts"

const OPERATIONS: Readonly<Record<string, Operation>> = {
  PutRecord,
  PutRecords,
  DescribeStream,
  DescribeStreamSummary,
  ListShards,
  ListStreams,
  GetShardIterator,
  GetRecords,
  SplitShard,
  MergeShards,
  CreateStream,
  DeleteStream,
  UpdateMaxRecordSize,
  UpdateStreamRecordDistributionStrategy,
}

const EXPIRY_SWEEP_MS = 30_000

/** The stream a call is about; iterators and tokens carry it where the input does not. */
function namedStream(input: Record<string, any>): string {
  if (input.StreamARN !== undefined || input.StreamName !== undefined) return streamName(input)
  if (input.ShardIterator !== undefined) return readIterator(input.ShardIterator).stream
  if (input.NextToken !== undefined) return readShardsToken(input.NextToken).stream
  return streamName(input)
}

/** Kinesis Data Streams in this process's memory, and in files where there is a data folder: https://docs.aws.amazon.com/kinesis/latest/APIReference/Welcome.html */
export function kinesis(streams: Streams = new Streams()): Service {
  let sweep: NodeJS.Timeout | undefined

  return {
    names: ["kinesis"],
    operations: Object.keys(OPERATIONS),
    protocol: "json",
    types: { "AWS::Kinesis::Stream": streamType(streams) },

    async start(cloud: Cloud) {
      if (cloud.data !== undefined) streams.keepIn(join(cloud.data, "kinesis"))
      sweep = setInterval(() => streams.all().forEach((stream) => stream.expire(cloud.now())), EXPIRY_SWEEP_MS).unref()
    },

    authorize(request: AwsRequest, cloud: Cloud) {
      const operation = request.headers["x-amz-target"]?.replace("Kinesis_20131202.", "") ?? ""
      const known = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined
      if (!known) throw refusedOperation(operation)
      const resource = known.resource === "any" ? "*" : streamArn(cloud, namedStream(request.json ?? {}))
      return { operation, access: [{ action: `kinesis:${operation}`, resource }] }
    },

    async handle(request: AwsRequest, operation: string, cloud: Cloud) {
      refuseMembers(operation, request.json ?? {})
      return OPERATIONS[operation]!.run({ input: request.json ?? {}, streams, cloud, request, now: cloud.now() })
    },

    state: () =>
      streams.all().map((stream) => ({
        stream: stream.name,
        shards: stream.shards.map(({ id, start, end, closed }) => ({ shard: id, oldest: start, next: end, closed })),
      })),

    async stop() {
      clearInterval(sweep)
      streams.close()
    },
  }
}
