import fc from "fast-check"
import { expect, test } from "vitest"
import { combine, type Crc, crc } from "./crc.ts"

/** Bit by bit, as the standard says it. */
function slowly(polynomial: bigint, width: bigint, bytes: Uint8Array): bigint {
  const ones = (1n << width) - 1n
  let value = ones
  for (const byte of bytes) {
    value ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n
  }
  return value ^ ones
}

const KINDS: [Crc, bigint, bigint, string][] = [
  ["crc32", 0xedb88320n, 32n, "cbf43926"],
  ["crc32c", 0x82f63b78n, 32n, "e3069283"],
  ["crc64nvme", 0x9a6c9329ac4bc9b5n, 64n, "ae8b14860a799888"],
]

test.each(KINDS)("%s equals the definition and the published check value", (kind, polynomial, width, check) => {
  expect(crc(kind, Buffer.from("123456789")).toString("hex")).toBe(check)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(BigInt(`0x${crc(kind, Buffer.from(bytes)).toString("hex")}`)).toBe(slowly(polynomial, width, bytes))
    }),
  )
})

test.each(KINDS)("%s of two runs of bytes follows from theirs", (kind) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (a, b) => {
      const [first, second] = [Buffer.from(a), Buffer.from(b)]
      const combined = combine(kind, crc(kind, first), crc(kind, second), second.length)
      expect(combined.toString("hex")).toBe(crc(kind, Buffer.concat([first, second])).toString("hex"))
    }),
  )
})
