import { AwsError } from "../../service.ts"
import { invalid } from "./errors.ts"

/** AUTO spreads records over the shards whatever their key: https://docs.aws.amazon.com/streams/latest/dev/service-managed-record-distribution.html */
export type Distribution = "AUTO" | "USER_PARTITION_KEY"

/** What a template gives a stream and calls may change. */
export interface Settings {
  retentionHours: number
  /** Largest record, its key included; 1,024 unless told. */
  maxRecordKiB?: number
  /** Of on-demand streams. */
  distribution?: Distribution
}

/** From 1 MiB, the default, to 10 MiB, since October 2025: https://docs.aws.amazon.com/streams/latest/dev/large-records.html */
const RECORD_KIB = { from: 1_024, to: 10_240 } as const

export const recordBytes = ({ maxRecordKiB = RECORD_KIB.from }: Settings): number => maxRecordKiB * 1_024

/** The size as a call or a template gives it, or ValidationException. */
export function readRecordSize(given: unknown): number {
  const size = Number(given)
  const { from, to } = RECORD_KIB
  if (!Number.isInteger(size) || size < from)
    throw invalid("maxRecordSizeInKiB", `Member must have value greater than or equal to ${from}`)
  if (size > to) throw invalid("maxRecordSizeInKiB", `Member must have value less than or equal to ${to}`)
  return size
}

/** The strategy as a call or a template gives it. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamRecordDistributionStrategy.html */
export function readDistribution(given: unknown, mode: "PROVISIONED" | "ON_DEMAND"): Distribution {
  if (given !== "AUTO" && given !== "USER_PARTITION_KEY")
    throw invalid("recordDistributionStrategy", "Member must satisfy enum value set: [AUTO, USER_PARTITION_KEY]")
  if (mode === "PROVISIONED")
    throw new AwsError(
      "InvalidArgumentException",
      "RecordDistributionStrategy is only supported for streams with the on-demand capacity mode.",
    )
  return given
}
