import { AwsError, type Place } from "../../../service.ts"
import { invalid } from "../errors.ts"
import { onStream, operation, streamOf } from "./operation.ts"
import { recordBytes } from "../settings.ts"
import type { Shard } from "../shard.ts"
import type { Stream } from "../stream.ts"

const MAX_KEY = 256

/** Bytes that base64 text stands for. Its characters are checked when the record is stored, where decoding counts them anyway. */
export function base64Bytes(data: unknown): number {
  if (typeof data !== "string" || data.length % 4 !== 0) throw new AwsError("SerializationException", "Data must be base64.")
  if (data.length === 0) return 0
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0
  return (data.length / 4) * 3 - padding
}

/** Bytes of a partition key, of at most 256 characters. A stream that spreads its records needs none: https://docs.aws.amazon.com/streams/latest/dev/service-managed-pk-producing-behavior.html */
export function keyBytes(key: unknown, member: string, { spreads }: Stream): number {
  if (spreads && (key === undefined || key === null)) return 0
  if (typeof key !== "string" || key.length === 0) throw invalid(member, "Member must have length greater than or equal to 1")
  if (key.length > MAX_KEY) throw invalid(member, `Member must have length less than or equal to ${MAX_KEY}`)
  return Buffer.byteLength(key)
}

/** Refuses a record that is larger, with its key, than the stream takes. */
export function requireSize(bytes: number, member: string, { options }: Stream): void {
  const most = recordBytes(options)
  if (bytes > most) throw invalid(member, `Member must have length less than or equal to ${most}`)
}

/** Numbers grow here anyway, so a number that fits is kept by doing nothing. */
function checkOrdering(number: unknown, { spreads }: Stream): void {
  if (number === undefined || number === null) return
  if (spreads)
    throw new AwsError(
      "InvalidArgumentException",
      "SequenceNumberForOrdering cannot be provided for a stream whose record distribution strategy is AUTO.",
    )
  if (!/^(0|[1-9]\d{0,128})$/.test(String(number)))
    throw invalid("sequenceNumberForOrdering", "Member must satisfy regular expression pattern: 0|([1-9]\\d{0,128})")
}

/** PUT payload units of a record, as it is priced: https://aws.amazon.com/kinesis/data-streams/pricing/ */
export const payloadUnitsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / 25_600))

export const throttled = (shard: Shard, stream: Stream, { account }: Place): string =>
  `Rate exceeded for shard ${shard.id} in stream ${stream.name} under account ${account}.`

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html */
export const PutRecord = operation({
  members: ["StreamName", "StreamARN", "Data", "PartitionKey", "ExplicitHashKey", "SequenceNumberForOrdering"],
  access: onStream("PutRecord"),
  run(call) {
    const { input, cloud, now } = call
    const stream = streamOf(call)
    const keySize = keyBytes(input.PartitionKey, "partitionKey", stream)
    const size = base64Bytes(input.Data)
    requireSize(size + keySize, "data", stream)
    checkOrdering(input.SequenceNumberForOrdering, stream)
    const key = (input.PartitionKey ?? undefined) as string | undefined
    const shard = stream.shardFor(key, input.ExplicitHashKey)
    if (!shard.throughput.write(now, size + keySize))
      throw new AwsError("ProvisionedThroughputExceededException", throttled(shard, stream, cloud))
    const SequenceNumber = shard.append(key, input.Data as string, size, keySize, now)
    stream.flush()
    stream.notify()
    return { output: { SequenceNumber, ShardId: shard.id, EncryptionType: "NONE" }, units: { records: 1, bytes: size } }
  },
})
