import { join } from "node:path"
import type { Cloud, Service } from "../../service.ts"
import { jsonService } from "../protocol/json.ts"
import { IGNORED } from "../protocol/members.ts"
import type { Operations } from "../protocol/operation.ts"
import { CreateStream } from "./operations/create-stream.ts"
import { DeleteStream } from "./operations/delete-stream.ts"
import { DescribeStream, DescribeStreamSummary } from "./operations/describe-stream.ts"
import { GetRecords } from "./operations/get-records.ts"
import { GetShardIterator } from "./operations/get-shard-iterator.ts"
import { ListShards } from "./operations/list-shards.ts"
import { ListStreams } from "./operations/list-streams.ts"
import type { Context } from "./operations/operation.ts"
import { PutRecord } from "./operations/put-record.ts"
import { PutRecords } from "./operations/put-records.ts"
import { REFUSED_MEMBERS, refusedOperation } from "./refused.ts"
import { MergeShards, SplitShard } from "./operations/reshard.ts"
import { streamType } from "./stream-type.ts"
import { Streams } from "./streams.ts"
import { UpdateMaxRecordSize } from "./operations/update-max-record-size.ts"
import { UpdateStreamRecordDistributionStrategy } from "./operations/update-stream-record-distribution-strategy.ts"

export { Streams } from "./streams.ts"

const OPERATIONS: Operations<Context> = {
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

/** Kinesis Data Streams in this process's memory, and in files where there is a data folder: https://docs.aws.amazon.com/kinesis/latest/APIReference/Welcome.html */
export function kinesis(streams: Streams = new Streams()): Service {
  let sweep: NodeJS.Timeout | undefined

  return {
    ...jsonService({
      name: "kinesis",
      target: "Kinesis_20131202",
      operations: OPERATIONS,
      context: () => ({ streams }),
      strangers: { refused: REFUSED_MEMBERS, others: IGNORED },
      refuse: refusedOperation,
    }),
    types: { "AWS::Kinesis::Stream": streamType(streams) },

    async start(cloud: Cloud) {
      if (cloud.data !== undefined) streams.keepIn(join(cloud.data, "kinesis"))
      sweep = setInterval(() => streams.all().forEach((stream) => stream.expire(cloud.now())), EXPIRY_SWEEP_MS).unref()
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
