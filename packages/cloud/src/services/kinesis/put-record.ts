import { AwsError, type Place } from "../../service.ts"
import { invalid, ok, streamOf, type Operation } from "./operation.ts"
import type { Shard } from "./shard.ts"
import type { Stream } from "./stream.ts"

export const MAX_RECORD_BYTES = 1_048_576
const MAX_KEY = 256

/** Bytes that base64 text stands for. Its characters are checked when the record is stored, where decoding counts them anyway. */
export function base64Bytes(data: unknown): number {
  if (typeof data !== "string" || data.length % 4 !== 0) throw new AwsError("SerializationException", "Data must be base64.")
  if (data.length === 0) return 0
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0
  return (data.length / 4) * 3 - padding
}

/** Bytes of a partition key; at most 256 characters. */
export function keyBytes(key: unknown, member: string): number {
  if (typeof key !== "string" || key.length === 0) throw invalid(member, "Member must have length greater than or equal to 1")
  if (key.length > MAX_KEY) throw invalid(member, `Member must have length less than or equal to ${MAX_KEY}`)
  return Buffer.byteLength(key)
}

/** PUT payload units of a record, as it is priced: https://aws.amazon.com/kinesis/data-streams/pricing/ */
export const payloadUnitsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / 25_600))

export const throttled = (shard: Shard, stream: Stream, { account }: Place): string =>
  `Rate exceeded for shard ${shard.id} in stream ${stream.name} under account ${account}.`

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html */
export const PutRecord: Operation = {
  run(call) {
    const { input, cloud, now, request } = call
    const stream = streamOf(call)
    const keySize = keyBytes(input.PartitionKey, "partitionKey")
    const size = base64Bytes(input.Data)
    if (size > MAX_RECORD_BYTES) throw invalid("data", `Member must have length less than or equal to ${MAX_RECORD_BYTES}`)
    const shard = stream.shardFor(input.PartitionKey, input.ExplicitHashKey)
    if (!shard.throughput.write(now, size + keySize))
      throw new AwsError("ProvisionedThroughputExceededException", throttled(shard, stream, cloud))
    const SequenceNumber = shard.append(input.PartitionKey, input.Data, size, keySize, now)
    stream.flush()
    stream.notify()
    return ok(request, { SequenceNumber, ShardId: shard.id, EncryptionType: "NONE" }, { records: 1, bytes: size })
  },
}
