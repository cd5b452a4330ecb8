import { AwsError } from "../../../service.ts"
import type { Stream } from "../stream.ts"
import { invalid } from "../errors.ts"
import { onStream, operation, streamOf } from "./operation.ts"
import { base64Bytes, keyBytes, payloadUnitsOf, requireSize, throttled } from "./put-record.ts"

const MAX_RECORDS = 500
/** With keys; 5 MiB until October 2025. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
const MAX_BYTES = 10 * 1_048_576

/** Sizes of every record and key, or the refusal of the whole call. */
function measure(records: unknown, stream: Stream): { data: Int32Array; keys: Int32Array; bytes: number } {
  if (!Array.isArray(records) || records.length === 0)
    throw invalid("records", "Member must have length greater than or equal to 1")
  if (records.length > MAX_RECORDS) throw invalid("records", `Member must have length less than or equal to ${MAX_RECORDS}`)
  const data = new Int32Array(records.length)
  const keys = new Int32Array(records.length)
  let bytes = 0
  for (let index = 0; index < records.length; index++) {
    const record = records[index]
    const member = `records.${index + 1}.member`
    data[index] = base64Bytes(record?.Data)
    keys[index] = keyBytes(record.PartitionKey, `${member}.partitionKey`, stream)
    const size = data[index]! + keys[index]!
    requireSize(size, `${member}.data`, stream)
    bytes += size
  }
  if (bytes > MAX_BYTES) throw new AwsError("InvalidArgumentException", "Records size exceeds 10 MB limit")
  return { data, keys, bytes }
}

/** Always 200: records that a shard had no room for fail one by one. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
export const PutRecords = operation({
  members: ["StreamName", "StreamARN", "Records"],
  access: onStream("PutRecords"),
  run(call) {
    const { input, cloud, now } = call
    const stream = streamOf(call)
    const { data, keys } = measure(input.Records, stream)
    const records = input.Records as { Data: string; PartitionKey?: string | null; ExplicitHashKey?: unknown }[]
    const shards = records.map((record) => stream.shardFor(record.PartitionKey ?? undefined, record.ExplicitHashKey))
    let failed = 0
    let bytes = 0
    let payloadUnits = 0
    let results = ""
    for (let index = 0; index < records.length; index++) {
      const record = records[index]!
      const shard = shards[index]!
      const size = data[index]!
      if (index > 0) results += ","
      if (shard.throughput.write(now, size + keys[index]!)) {
        bytes += size
        payloadUnits += payloadUnitsOf(size)
        results += `{"SequenceNumber":"${shard.append(record.PartitionKey ?? undefined, record.Data, size, keys[index]!, now)}","ShardId":"${shard.id}"}`
      } else {
        failed++
        results += `{"ErrorCode":"ProvisionedThroughputExceededException","ErrorMessage":"${throttled(shard, stream, cloud)}"}`
      }
    }
    if (failed < records.length) {
      stream.flush()
      stream.notify()
    }
    const output = `{"EncryptionType":"NONE","FailedRecordCount":${failed},"Records":[${results}]}`
    return { output, units: { records: records.length - failed, failed, bytes, payloadUnits } }
  },
})
