import { AwsError } from "../../../service.ts"
import { shownShard } from "./describe-stream.ts"
import { invalid } from "../errors.ts"
import { onStream, operation, streamOf } from "./operation.ts"
import { expired, readShardsToken, type ShardFilter, TOKEN_MS, writeShardsToken } from "../shards-token.ts"
import type { Shard } from "../shard.ts"
import type { Stream } from "../stream.ts"

const MOST = 1_000

const REQUIRED: Readonly<Record<string, "ShardId" | "Timestamp" | undefined>> = {
  AFTER_SHARD_ID: "ShardId",
  AT_TRIM_HORIZON: undefined,
  FROM_TRIM_HORIZON: undefined,
  AT_LATEST: undefined,
  AT_TIMESTAMP: "Timestamp",
  FROM_TIMESTAMP: "Timestamp",
}

function readFilter(given: Partial<ShardFilter> | null | undefined): ShardFilter | undefined {
  if (given === undefined || given === null) return undefined
  const { Type } = given
  if (Type === undefined || !Object.hasOwn(REQUIRED, Type))
    throw invalid("shardFilter.type", `Member must satisfy enum value set: [${Object.keys(REQUIRED).join(", ")}]`)
  const required = REQUIRED[Type]
  if (required !== undefined && given[required] === undefined)
    throw new AwsError("InvalidArgumentException", `${required} must be provided for a shard filter of type ${Type}.`)
  return { Type, ShardId: given.ShardId, Timestamp: given.Timestamp }
}

/** The shards that a filter means, of those that have not expired: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ShardFilter.html */
function filtered(stream: Stream, filter: ShardFilter | undefined, now: number): readonly Shard[] {
  const horizon = Math.max(stream.oldest(now), stream.shards[0]!.createdAt)
  /** Open at this time, or later. */
  const isOpenFrom = (shard: Shard, time: number) => !shard.closed || stream.closedAt(shard) >= time
  const isOpenAt = (shard: Shard, time: number) => shard.createdAt <= time && isOpenFrom(shard, time)
  const kept = stream.shards.filter((shard) => isOpenFrom(shard, horizon))
  // Epoch seconds with a fraction.
  const time = Math.max(horizon, Number(filter?.Timestamp ?? 0) * 1000)
  switch (filter?.Type) {
    case "AT_LATEST":
      return kept.filter(({ closed }) => !closed)
    case "AFTER_SHARD_ID":
      return kept.filter(({ id }) => id > filter.ShardId!)
    case "AT_TRIM_HORIZON":
    case "AT_TIMESTAMP":
      return kept.filter((shard) => isOpenAt(shard, time))
    case "FROM_TIMESTAMP":
      return kept.filter((shard) => isOpenFrom(shard, time))
    default:
      return kept
  }
}

/** The token says all but how many: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html#API_ListShards_RequestParameters */
function requireAlone(input: Readonly<Record<string, unknown>>): void {
  for (const member of ["StreamName", "StreamARN", "ExclusiveStartShardId", "ShardFilter"])
    if (input[member] !== undefined)
      throw new AwsError("InvalidArgumentException", `NextToken and ${member} cannot be provided together.`)
}

function startOf(shardId: unknown): number {
  const number = /^shardId-(\d{12})$/.exec(String(shardId))?.[1]
  if (number === undefined)
    throw new AwsError("InvalidArgumentException", `ExclusiveStartShardId ${String(shardId)} is not the id of a shard.`)
  return Number(number) + 1
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html */
export const ListShards = operation({
  members: ["StreamName", "StreamARN", "NextToken", "ExclusiveStartShardId", "MaxResults", "ShardFilter"],
  access: onStream("ListShards"),
  run(call) {
    const { input, streams, cloud, now } = call
    if (input.NextToken !== undefined) requireAlone(input)
    const token = input.NextToken === undefined ? undefined : readShardsToken(input.NextToken)
    if (token && now - token.issuedAt > TOKEN_MS) throw expired()
    const stream = token ? streams.get(token.stream, cloud.account) : streamOf(call)
    const filter = token ? token.filter : readFilter(input.ShardFilter as Partial<ShardFilter> | null | undefined)
    const from = token?.from ?? (input.ExclusiveStartShardId === undefined ? 0 : startOf(input.ExclusiveStartShardId))
    const asked = Number(input.MaxResults ?? MOST)
    if (!Number.isInteger(input.MaxResults ?? MOST) || asked < 1)
      throw invalid("maxResults", "Member must have value greater than or equal to 1")
    const shards = filtered(stream, filter, now).filter(({ index }) => index >= from)
    const page = shards.slice(0, Math.min(asked, MOST))
    const next = shards[page.length]
    const NextToken = next && writeShardsToken({ stream: stream.name, from: next.index, filter, issuedAt: now })
    return { output: { Shards: page.map(shownShard), NextToken } }
  },
})
