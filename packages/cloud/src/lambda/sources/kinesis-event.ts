import type { Place } from "../../service.ts"
import type { Place as RecordPlace, Shard } from "../../services/kinesis/shard.ts"
import type { Mapping } from "./mapping.ts"
import type { Target } from "../registry.ts"

/** JSON around a record's data and key, without the two ARNs. */
const FRAME_BYTES = 480

/** What a record takes in an event, nearly: a key with many escapes may take more. */
export const eventBytes = ({ segment, index }: RecordPlace, { mapping, target }: { mapping: Mapping; target: Target }): number =>
  Math.ceil(segment.dataBytes(index) / 3) * 4 +
  segment.keySize(index) +
  FRAME_BYTES +
  mapping.sourceArn.length +
  target.spec.roleArn.length

/** A record without a key has `null` for it: https://docs.aws.amazon.com/streams/latest/dev/service-managed-pk-integrations-lambda.html. The event of https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html, as text: records are written straight from the shard's buffers. */
export function kinesisEvent(
  shard: Shard,
  positions: readonly number[],
  { sourceArn }: Mapping,
  { spec }: Target,
  { region }: Place,
): string {
  const tail = `","eventName":"aws:kinesis:record","invokeIdentityArn":"${spec.roleArn}","awsRegion":"${region}","eventSourceARN":"${sourceArn}"}`
  let text = '{"Records":['
  let isFirst = true
  for (const position of positions) {
    const place = shard.place(position)
    if (!place) continue // Expired while it waited.
    const { segment, index } = place
    const sequence = shard.sequence.at(position)
    text += `${isFirst ? "" : ","}{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":${JSON.stringify(segment.key(index) ?? null)},"sequenceNumber":"${sequence}","data":"${segment.data(index)}","approximateArrivalTimestamp":${segment.arrival(index) / 1000}},"eventSource":"aws:kinesis","eventVersion":"1.0","eventID":"${shard.id}:${sequence}${tail}`
    isFirst = false
  }
  return `${text}]}`
}
