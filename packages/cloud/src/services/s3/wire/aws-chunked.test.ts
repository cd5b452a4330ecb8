import fc from "fast-check"
import { expect, test } from "vitest"
import { readChunked } from "./aws-chunked.ts"

const chunk = (bytes: Uint8Array, isSigned: boolean) =>
  Buffer.concat([
    Buffer.from(`${bytes.length.toString(16)}${isSigned ? ";chunk-signature=00ff" : ""}\r\n`),
    bytes,
    Buffer.from("\r\n"),
  ])

const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 6 })

test("chunks put together are the bytes that were cut, trailers beside them", () => {
  fc.assert(
    fc.property(chunks, fc.boolean(), fc.boolean(), (parts, isSigned, hasTrailer) => {
      const trailer = hasTrailer ? "x-amz-checksum-crc32:AAAAAA==\r\nx-amz-trailer-signature:00\r\n" : ""
      const end = Buffer.from(`0${isSigned ? ";chunk-signature=ff" : ""}\r\n${trailer}\r\n`)
      const body = Buffer.concat([...parts.map((part) => chunk(part, isSigned)), end])
      const { bytes, trailers } = readChunked(body)
      expect(bytes.equals(Buffer.concat(parts))).toBe(true)
      expect(trailers["x-amz-checksum-crc32"]).toBe(hasTrailer ? "AAAAAA==" : undefined)
    }),
  )
})

test("a body that is cut anywhere before its last chunk is incomplete", () => {
  fc.assert(
    fc.property(chunks, fc.nat(), (parts, at) => {
      const body = Buffer.concat([...parts.map((part) => chunk(part, false)), Buffer.from("0\r\n")])
      expect(() => readChunked(body.subarray(0, at % body.length))).toThrow("number of bytes")
    }),
  )
})
