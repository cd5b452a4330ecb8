import { AwsError } from "../../service.ts"
import { shownShard } from "./describe-stream.ts"
import { invalid, ok, type Operation, streamOf } from "./operation.ts"
import type { Shard } from "./shard.ts"

/** `<stream>/<index of the next shard>` */
const writeToken = (stream: string, index: number): string => Buffer.from(`${stream}/${index}`).toString("base64")

/** Stream and place of a NextToken, or ExpiredNextTokenException, as AWS answers a token it does not know. */
export function readShardsToken(token: unknown): { stream: string; from: number } {
  const [, stream, from] = /^([^/]+)\/(\d+)$/.exec(Buffer.from(String(token), "base64").toString("utf8")) ?? []
  if (!stream)
    throw new AwsError(
      "ExpiredNextTokenException",
      "The pagination token passed to the operation is expired or was never given out.",
    )
  return { stream, from: Number(from) }
}

function filtered(shards: readonly Shard[], filter: any): readonly Shard[] {
  switch (filter?.Type) {
    case undefined:
    case "FROM_TRIM_HORIZON":
      return shards
    case "AT_LATEST":
      return shards.filter(({ closed }) => !closed)
    case "AFTER_SHARD_ID":
      return shards.filter(({ id }) => id > String(filter.ShardId))
    case "AT_TRIM_HORIZON":
      return shards.filter(({ parents }) => parents.length === 0)
    default:
      throw invalid("shardFilter.type", `NOT_SIMULATED: kinesis.ListShards filter ${String(filter.Type)}`)
  }
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html */
export const ListShards: Operation = {
  run(call) {
    const { input, streams, cloud, request } = call
    if (input.NextToken !== undefined && (input.StreamName !== undefined || input.StreamARN !== undefined))
      throw new AwsError("InvalidArgumentException", "NextToken and StreamName cannot be provided together.")
    const token = input.NextToken === undefined ? undefined : readShardsToken(input.NextToken)
    const stream = token ? streams.get(token.stream, cloud.account) : streamOf(call)
    const start =
      input.ExclusiveStartShardId === undefined ? 0 : Number(String(input.ExclusiveStartShardId).slice("shardId-".length)) + 1
    const shards = filtered(stream.shards, input.ShardFilter)
    const from = token?.from ?? start
    const limit = Math.min(Number(input.MaxResults ?? 1_000), 10_000)
    const page = shards.filter(({ index }) => index >= from).slice(0, limit)
    const last = page.at(-1)
    const NextToken = last && last.index < (shards.at(-1)?.index ?? 0) ? writeToken(stream.name, last.index + 1) : undefined
    return ok(request, { Shards: page.map(shownShard), NextToken })
  },
}
