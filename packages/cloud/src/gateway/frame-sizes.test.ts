import fc from "fast-check"
import { expect, test } from "vitest"
import { frameSizes } from "./frame-sizes.ts"

/** A masked client frame with a payload of this size. */
function frame(size: number): Buffer {
  const length =
    size < 126
      ? [0x80 | size]
      : size < 65_536
        ? [0xfe, size >> 8, size & 0xff]
        : [0xff, 0, 0, 0, 0, size >>> 24, (size >>> 16) & 0xff, (size >>> 8) & 0xff, size & 0xff]
  return Buffer.concat([Buffer.from([0x81, ...length, 1, 2, 3, 4]), Buffer.alloc(size, 0xff)])
}

function pieces(bytes: Buffer, cuts: number[]): Buffer[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end))
}

const LIMIT = 1_000
const sizes = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(125, 126, 127, LIMIT - 1, LIMIT))
const cuts = fc.array(fc.nat(), { maxLength: 30 })

test("frames up to the limit pass, however the network cuts them", () => {
  fc.assert(
    fc.property(fc.array(sizes, { maxLength: 12 }), cuts, (list, at) => {
      const watch = frameSizes(LIMIT)
      expect(pieces(Buffer.concat(list.map(frame)), at).some(watch)).toBe(false)
    }),
  )
})

test("the first larger frame is seen, however the network cuts it", () => {
  fc.assert(
    fc.property(
      fc.array(sizes, { maxLength: 12 }),
      fc.constantFrom(LIMIT + 1, 65_535, 65_536, 70_000),
      cuts,
      (list, large, at) => {
        const watch = frameSizes(LIMIT)
        expect(pieces(Buffer.concat([...list.map(frame), frame(large)]), at).some(watch)).toBe(true)
      },
    ),
  )
})
