import { AwsError } from "../../../service.ts"
import { readIterator, requireFresh, writeIterator } from "../iterator.ts"
import { invalid } from "../errors.ts"
import type { Answer, Given } from "../../protocol/operation.ts"
import { onStream, operation } from "./operation.ts"
import { throttled } from "./put-record.ts"
import type { Shard } from "../shard.ts"
import type { Stream } from "../stream.ts"

const MAX_RECORDS = 10_000
const MAX_BYTES = 10 * 1_048_576

/** A record that was put without a key has none: https://docs.aws.amazon.com/streams/latest/dev/service-managed-pk-consuming-considerations.html */
const keyMember = (key: string | undefined) => (key === undefined ? "" : `"PartitionKey":${JSON.stringify(key)},`)

/** Writes records from `position` on as JSON, at most `limit` and 10 MB of data. */
function read(shard: Shard, position: number, limit: number, oldest: number) {
  let text = ""
  let count = 0
  let bytes = 0
  let next = Math.max(position, shard.start)
  let arrivedAt = 0
  for (; next < shard.end && count < limit; next++) {
    const place = shard.place(next)
    if (!place) continue
    const { segment, index } = place
    if (segment.arrival(index) < oldest) continue
    const size = segment.dataBytes(index)
    if (count > 0 && bytes + size > MAX_BYTES) break
    bytes += size
    arrivedAt = segment.arrival(index)
    text += `${count++ > 0 ? "," : ""}{"ApproximateArrivalTimestamp":${arrivedAt / 1000},"Data":"${segment.data(index)}",${keyMember(segment.key(index))}"SequenceNumber":"${shard.sequence.at(next)}"}`
  }
  return { text, count, bytes, next, arrivedAt }
}

const childShards = (stream: Stream, shard: Shard) =>
  stream.shards
    .filter(({ parents }) => parents.includes(shard.id))
    .map(({ id, parents, range }) => ({
      ShardId: id,
      ParentShards: parents,
      HashKeyRange: { StartingHashKey: String(range.from), EndingHashKey: String(range.to) },
    }))

/** A reader in process has the records already; this call exists to be authorized and logged. */
const throughTheDoor = (input: Given<"Records" | "Bytes" | "AgeMs">): Answer => ({
  units: { records: Number(input.Records), bytes: Number(input.Bytes), iteratorAgeMs: Number(input.AgeMs ?? 0) },
})

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html */
export const GetRecords = operation({
  members: ["ShardIterator", "Limit", "StreamARN"],
  access: onStream("GetRecords"),
  run(call) {
    const { input, streams, cloud, request, now } = call
    if (request.headers["x-backline-door"] === streams.door) return throughTheDoor(request.json)
    const limit = Number(input.Limit ?? MAX_RECORDS)
    if (!Number.isInteger(input.Limit ?? MAX_RECORDS) || limit < 1)
      throw invalid("limit", "Member must have value greater than or equal to 1")
    if (limit > MAX_RECORDS) throw invalid("limit", `Member must have value less than or equal to ${MAX_RECORDS}`)
    const iterator = readIterator(input.ShardIterator)
    requireFresh(iterator, now)
    const stream = streams.get(iterator.stream, cloud.account)
    const shard = stream.shard(iterator.shard)
    if (!shard.throughput.read(now)) throw new AwsError("ProvisionedThroughputExceededException", throttled(shard, stream, cloud))
    stream.expire(now)
    const { text, count, bytes, next, arrivedAt } = read(shard, iterator.position, limit, stream.oldest(now))
    shard.throughput.gave(now, bytes)
    const behind = next >= shard.end ? 0 : Math.max(0, now - (arrivedAt || (shard.place(next)?.segment.lastArrival ?? now)))
    const isDone = shard.closed && next >= shard.end
    const nextIterator = isDone
      ? "null"
      : `"${writeIterator({ stream: stream.name, shard: shard.id, position: next, issuedAt: now })}"`
    const children = isDone ? `,"ChildShards":${JSON.stringify(childShards(stream, shard))}` : ""
    const output = `{"MillisBehindLatest":${behind},"NextShardIterator":${nextIterator},"Records":[${text}]${children}}`
    return { output, units: { records: count, bytes } }
  },
})
