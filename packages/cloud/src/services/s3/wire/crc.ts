import { crc32 as zlibCrc32 } from "node:zlib"

/** Reflected polynomials: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
const POLYNOMIALS = { crc32: 0xedb88320n, crc32c: 0x82f63b78n, crc64nvme: 0x9a6c9329ac4bc9b5n } as const
export type Crc = keyof typeof POLYNOMIALS

const step = (polynomial: bigint) => (value: bigint) => (value & 1n ? (value >> 1n) ^ polynomial : value >> 1n)

type Tables = Uint32Array[]

/**
 * `0`–`7` tables of 256 entries, in halves of 32 bits: table n moves a byte over n more bytes ("slicing by 8"). Bigints would take three times
 * as long, and a start waits for it.
 */
function tables(polynomial: bigint): { low: Tables; high: Tables } {
  const [low, high] = Array.from({ length: 2 }, () => Array.from({ length: 8 }, () => new Uint32Array(256))) as [Tables, Tables]
  const [lowBits, highBits] = [Number(polynomial & 0xffffffffn), Number(polynomial >> 32n)]
  for (let byte = 0; byte < 256; byte++) {
    let [lo, hi] = [byte, 0]
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = lo & 1
      lo = ((lo >>> 1) | (hi << 31)) ^ (isOdd ? lowBits : 0)
      hi = (hi >>> 1) ^ (isOdd ? highBits : 0)
    }
    low[0]![byte] = lo
    high[0]![byte] = hi
  }
  for (let n = 1; n < 8; n++)
    for (let byte = 0; byte < 256; byte++) {
      const [lo, hi] = [low[n - 1]![byte]!, high[n - 1]![byte]!]
      low[n]![byte] = ((lo >>> 8) | (hi << 24)) ^ low[0]![lo & 0xff]!
      high[n]![byte] = (hi >>> 8) ^ high[0]![lo & 0xff]!
    }
  return { low, high }
}

let of32c: Tables | undefined
let of64: ReturnType<typeof tables> | undefined

function crc32c(bytes: Buffer): Buffer {
  const t = (of32c ??= tables(POLYNOMIALS.crc32c).low)
  const [t0, t1, t2, t3, t4, t5, t6, t7] = t as [Uint32Array, ...Uint32Array[]] as Uint32Array[] & { length: 8 }
  let crc = 0xffffffff
  let at = 0
  for (const end = bytes.length - 7; at < end; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    crc =
      t7![crc & 0xff]! ^
      t6![(crc >>> 8) & 0xff]! ^
      t5![(crc >>> 16) & 0xff]! ^
      t4![crc >>> 24]! ^
      t3![bytes[at + 4]!]! ^
      t2![bytes[at + 5]!]! ^
      t1![bytes[at + 6]!]! ^
      t0![bytes[at + 7]!]!
  }
  for (; at < bytes.length; at++) crc = t0![(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8)
  return uint32(~crc >>> 0)
}

function crc64nvme(bytes: Buffer): Buffer {
  const { low: l, high: h } = (of64 ??= tables(POLYNOMIALS.crc64nvme))
  const [l0, h0] = [l[0]!, h[0]!]
  let lo = 0xffffffff
  let hi = 0xffffffff
  let at = 0
  for (const end = bytes.length - 7; at < end; at += 8) {
    lo ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    hi ^= bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24)
    const [a, b, c, d] = [lo & 0xff, (lo >>> 8) & 0xff, (lo >>> 16) & 0xff, lo >>> 24]
    const [e, f, g, i] = [hi & 0xff, (hi >>> 8) & 0xff, (hi >>> 16) & 0xff, hi >>> 24]
    lo = l[7]![a]! ^ l[6]![b]! ^ l[5]![c]! ^ l[4]![d]! ^ l[3]![e]! ^ l[2]![f]! ^ l[1]![g]! ^ l0[i]!
    hi = h[7]![a]! ^ h[6]![b]! ^ h[5]![c]! ^ h[4]![d]! ^ h[3]![e]! ^ h[2]![f]! ^ h[1]![g]! ^ h0[i]!
  }
  for (; at < bytes.length; at++) {
    const byte = (lo ^ bytes[at]!) & 0xff
    lo = ((lo >>> 8) | (hi << 24)) ^ l0[byte]!
    hi = (hi >>> 8) ^ h0[byte]!
  }
  return Buffer.concat([uint32(~hi >>> 0), uint32(~lo >>> 0)])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** The checksum of bytes, big-endian as S3 writes it. */
export const crc = (kind: Crc, bytes: Buffer): Buffer =>
  kind === "crc32" ? uint32(zlibCrc32(bytes)) : kind === "crc32c" ? crc32c(bytes) : crc64nvme(bytes)

/** Product of two polynomials modulo the CRC's, all with their lowest power in the highest bit. */
function multiply(a: bigint, b: bigint, polynomial: bigint, one: bigint): bigint {
  const next = step(polynomial)
  let product = 0n
  for (let bit = one; bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= b
    b = next(b)
  }
  return product
}

/** The checksum of two runs of bytes in a row, from theirs: the first is moved over the second's length, so no byte is read again. */
export function combine(kind: Crc, first: Buffer, second: Buffer, secondLength: number): Buffer {
  const polynomial = POLYNOMIALS[kind]
  const one = 1n << BigInt(first.length * 8 - 1)
  let shift = one
  let power = one >> 8n
  for (let left = secondLength; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) shift = multiply(shift, power, polynomial, one)
    power = multiply(power, power, polynomial, one)
  }
  const combined = multiply(BigInt(`0x${first.toString("hex")}`), shift, polynomial, one) ^ BigInt(`0x${second.toString("hex")}`)
  return Buffer.from(combined.toString(16).padStart(first.length * 2, "0"), "hex")
}
