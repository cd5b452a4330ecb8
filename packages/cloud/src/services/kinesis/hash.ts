import { createHash } from "node:crypto"
import { AwsError } from "../../service.ts"

/** Hash keys are unsigned 128-bit numbers. */
export const HASH_KEYS = 1n << 128n

/** MD5 of the partition key as a number: https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html#partition-key */
export const hashKey = (partitionKey: string): bigint => BigInt(`0x${createHash("md5").update(partitionKey).digest("hex")}`)

/** An explicit hash key in decimal, or InvalidArgumentException. */
export function explicitHashKey(text: unknown): bigint {
  if (typeof text === "string" && /^(0|[1-9]\d{0,38})$/.test(text)) {
    const value = BigInt(text)
    if (value < HASH_KEYS) return value
  }
  throw new AwsError(
    "InvalidArgumentException",
    `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${String(text)}`,
  )
}
