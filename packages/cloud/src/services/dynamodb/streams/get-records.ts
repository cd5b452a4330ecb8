import { AwsError } from "../../../service.ts"
import { invalid, validated } from "../validation.ts"
import { readIterator, writeIterator } from "./iterator.ts"
import type { StreamOperation } from "./operation.ts"

const MOST_RECORDS = 1_000
const MOST_BYTES = 1_048_576
/** A reader may ask to wait for records instead of asking again and again (`x-backline-wait`, milliseconds); SDK clients never do. */
const LONGEST_WAIT_MS = 20_000

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html */
export const getRecords: StreamOperation = async ({ json, streams, headers }) => {
  validated("GetRecords", json, ["ShardIterator", "Limit"])
  const limit = json.Limit ?? MOST_RECORDS
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_RECORDS)
    throw invalid(
      `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value ${limit > MOST_RECORDS ? `less than or equal to ${MOST_RECORDS}` : "greater than or equal to 1"}`,
    )
  const iterator = readIterator(json.ShardIterator, streams.now())
  const stream = streams.get(iterator.arn)
  const shard = stream.shards.find(({ id }) => id === iterator.shard)
  if (!shard || iterator.position < shard.start)
    throw new AwsError("TrimmedDataAccessException", "The operation attempted to read past the oldest stream record in a shard.")
  const wait = Math.min(LONGEST_WAIT_MS, Number(headers["x-backline-wait"] ?? 0))
  if (wait > 0 && !shard.closed && shard.end <= iterator.position) await stream.changed(wait)
  const records = shard.read(iterator.position, limit, MOST_BYTES)
  const position = (records.at(-1)?.at ?? iterator.position - 1) + 1
  const isOver = shard.closed && position >= shard.end
  const next = isOver ? undefined : writeIterator({ ...iterator, position, issuedAt: streams.now() })
  const after = next === undefined ? "" : `,"NextShardIterator":${JSON.stringify(next)}`
  return Buffer.from(`{"Records":[${records.map(({ json: text }) => text).join(",")}]${after}}`)
}
