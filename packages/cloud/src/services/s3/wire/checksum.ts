import { createHash } from "node:crypto"
import { AwsError } from "../../../service.ts"
import { combine, type Crc, crc } from "./crc.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export const ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const
export type Algorithm = (typeof ALGORITHMS)[number]

export interface Checksum {
  algorithm: Algorithm
  /** Base64; of a composite one, of the parts' checksums, with `-<parts>` behind. */
  value: string
  type: "FULL_OBJECT" | "COMPOSITE"
}

const BYTES: Readonly<Record<Algorithm, number>> = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 }

export const headerOf = (algorithm: Algorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`
const isCrc = (algorithm: Algorithm): boolean => algorithm.startsWith("CRC")

/** The algorithm a header or member names. Throws InvalidRequest for others. */
export function algorithmNamed(name: string): Algorithm {
  const found = ALGORITHMS.find((algorithm) => algorithm === name.toUpperCase())
  if (!found)
    throw new AwsError(
      "InvalidRequest",
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
    )
  return found
}

/** The checksum of bytes, in base64. */
export function checksumOf(algorithm: Algorithm, bytes: Buffer): string {
  const digest = isCrc(algorithm)
    ? crc(algorithm.toLowerCase() as Crc, bytes)
    : createHash(algorithm.toLowerCase()).update(bytes).digest()
  return digest.toString("base64")
}

/** The one checksum among headers; undefined when there is none. Throws InvalidRequest for several and for values that are none. */
export function checksumIn(headers: Readonly<Record<string, string>>): { algorithm: Algorithm; value: string } | undefined {
  const given = ALGORITHMS.filter((algorithm) => headers[headerOf(algorithm)] !== undefined)
  if (given.length > 1)
    throw new AwsError("InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
  const [algorithm] = given
  if (!algorithm) return undefined
  const value = headers[headerOf(algorithm)]!
  if (!isDigest(value, BYTES[algorithm]))
    throw new AwsError("InvalidRequest", `Value for ${headerOf(algorithm)} header is invalid.`)
  return { algorithm, value }
}

/** Whether text is the base64 of so many bytes. */
export function isDigest(text: string, bytes: number): boolean {
  const decoded = Buffer.from(text, "base64")
  return decoded.length === bytes && decoded.toString("base64") === text
}

export const badDigest = (name: string): AwsError =>
  new AwsError("BadDigest", `The ${name} you specified did not match the calculated checksum.`)

interface PartSum {
  value: string
  size: number
}

/** The checksum of a completed upload from those of its parts. */
export function checksumOfParts(algorithm: Algorithm, type: Checksum["type"], parts: readonly PartSum[]): Checksum {
  const digests = parts.map(({ value, size }): { digest: Buffer; size: number } => ({
    digest: Buffer.from(value, "base64"),
    size,
  }))
  if (type === "COMPOSITE") {
    const value = `${checksumOf(algorithm, Buffer.concat(digests.map(({ digest }) => digest)))}-${parts.length}`
    return { algorithm, type, value }
  }
  const whole = digests.reduce((all, part) => ({
    digest: combine(algorithm.toLowerCase() as Crc, all.digest, part.digest, part.size),
    size: all.size + part.size,
  }))
  return { algorithm, type, value: whole.digest.toString("base64") }
}

/** The type an upload has. SHA checksums cannot be combined, CRC64NVME only be whole. */
export function checksumTypeOf(algorithm: Algorithm, asked: string | undefined): Checksum["type"] {
  const type = asked?.toUpperCase() ?? (algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE")
  if (type !== "COMPOSITE" && type !== "FULL_OBJECT")
    throw new AwsError("InvalidRequest", "Value for x-amz-checksum-type header is invalid.")
  const isPossible = type === "FULL_OBJECT" ? isCrc(algorithm) : algorithm !== "CRC64NVME"
  if (!isPossible)
    throw new AwsError(
      "InvalidRequest",
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    )
  return type
}
