import { AwsError } from "../../service.ts"
import { shownShard } from "./describe-stream.ts"
import { invalid } from "./errors.ts"
import { ok, type Operation, streamOf } from "./operation.ts"
import type { Shard } from "./shard.ts"
import type { Stream } from "./stream.ts"

const MOST = 1_000
const TOKEN_MS = 300_000

/** Where a list goes on, and what was asked for: the next call names neither the stream nor the filter. */
interface Token {
  stream: string
  /** Index of the next shard. */
  from: number
  filter?: Filter
  /** Epoch milliseconds. */
  issuedAt: number
}

interface Filter {
  Type: string
  ShardId?: string
  Timestamp?: number
}

const writeToken = (token: Token): string => Buffer.from(JSON.stringify(token)).toString("base64")

/** Reads a NextToken that we wrote, or throws ExpiredNextTokenException, as AWS answers a token it does not know. */
export function readShardsToken(text: unknown): Token {
  try {
    const token: Token = JSON.parse(Buffer.from(String(text), "base64").toString("utf8"))
    if (typeof token.stream === "string" && Number.isInteger(token.from) && Number.isInteger(token.issuedAt)) return token
  } catch {
    // Falls through to the same refusal.
  }
  throw expired()
}

const expired = () =>
  new AwsError("ExpiredNextTokenException", "The pagination token passed to the operation is expired or was never given out.")

const REQUIRED: Readonly<Record<string, "ShardId" | "Timestamp" | undefined>> = {
  AFTER_SHARD_ID: "ShardId",
  AT_TRIM_HORIZON: undefined,
  FROM_TRIM_HORIZON: undefined,
  AT_LATEST: undefined,
  AT_TIMESTAMP: "Timestamp",
  FROM_TIMESTAMP: "Timestamp",
}

function readFilter(given: any): Filter | undefined {
  if (given === undefined || given === null) return undefined
  if (!Object.hasOwn(REQUIRED, String(given.Type)))
    throw invalid("shardFilter.type", `Member must satisfy enum value set: [${Object.keys(REQUIRED).join(", ")}]`)
  const required = REQUIRED[given.Type]
  if (required !== undefined && given[required] === undefined)
    throw new AwsError("InvalidArgumentException", `${required} must be provided for a shard filter of type ${given.Type}.`)
  return { Type: given.Type, ShardId: given.ShardId, Timestamp: given.Timestamp }
}

/** The shards that a filter means, of those that have not expired: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ShardFilter.html */
function filtered(stream: Stream, filter: Filter | undefined, now: number): readonly Shard[] {
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
export const ListShards: Operation = {
  run(call) {
    const { input, streams, cloud, request, now } = call
    if (input.NextToken !== undefined) requireAlone(input)
    const token = input.NextToken === undefined ? undefined : readShardsToken(input.NextToken)
    if (token && now - token.issuedAt > TOKEN_MS) throw expired()
    const stream = token ? streams.get(token.stream, cloud.account) : streamOf(call)
    const filter = token ? token.filter : readFilter(input.ShardFilter)
    const from = token?.from ?? (input.ExclusiveStartShardId === undefined ? 0 : startOf(input.ExclusiveStartShardId))
    const asked = input.MaxResults ?? MOST
    if (!Number.isInteger(asked) || asked < 1) throw invalid("maxResults", "Member must have value greater than or equal to 1")
    const shards = filtered(stream, filter, now).filter(({ index }) => index >= from)
    const page = shards.slice(0, Math.min(asked, MOST))
    const next = shards[page.length]
    const NextToken = next && writeToken({ stream: stream.name, from: next.index, filter, issuedAt: now })
    return ok(request, { Shards: page.map(shownShard), NextToken })
  },
}
