import * as fc from "fast-check"
import { expect, test } from "vitest"
import { fromWire, toWire } from "../dynamo/shape.ts"
import { beginning, storable, storableText } from "./storable.ts"

/** Every code unit, halves of characters too. */
const text = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 }).map((units) => String.fromCharCode(...units))
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    text,
    fc.double(),
    fc.maxSafeInteger(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom("__proto__", "constructor", "")), tie("value"), { maxKeys: 4 }),
  ),
}))

const depthOf = (of: unknown): number =>
  typeof of === "object" && of !== null ? 1 + Math.max(0, ...Object.values(of).map(depthOf)) : 0

test("whatever a model sends, table and frame give the same back, and making it storable twice changes nothing", () => {
  const property = fc.property(value, (sent) => {
    const kept = storable({ sent })
    expect(storable(kept)).toEqual(kept)
    expect(fromWire(JSON.parse(JSON.stringify(toWire({ Item: kept }))))).toEqual({ Item: JSON.parse(JSON.stringify(kept)) })
    expect(JSON.stringify(kept)).not.toMatch(/\\ud[89a-f][0-9a-f]{2}|\\u0000/)
  })
  fc.assert(property, { numRuns: 2_000 })
})

test("what nests deeper than a table takes is cut, and what is well is left as it is", () => {
  let deep: unknown = 1
  for (let level = 0; level < 1_000; level++) deep = level % 2 ? [deep] : { deep }
  expect(depthOf(storable(deep))).toBe(16)
  const fine = { text: "Dvořák 🎻", n: 1.5, list: [{ a: null, b: true }] }
  expect(storable(fine)).toEqual(fine)
})

test("a beginning never ends in half a character", () => {
  const property = fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), fc.integer({ min: 1, max: 20 }), (all, most) => {
    const kept = beginning(all, most)
    expect(kept.isWellFormed()).toBe(true)
    expect(kept.length).toBeLessThanOrEqual(most)
    expect(kept === all || kept.endsWith("…")).toBe(true)
  })
  fc.assert(property)
  expect(storableText("a\ud83db\0c")).toBe("a\ufffdb\ufffdc")
})
