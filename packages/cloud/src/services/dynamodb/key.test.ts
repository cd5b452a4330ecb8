import fc from "fast-check"
import { expect, test } from "vitest"
import { canonicalNumber, canonicalText, compareNumbers, itemKey } from "./key.ts"

const TABLE = {
  name: "T",
  keys: [
    { name: "pk", type: "S" as const },
    { name: "sk", type: "N" as const },
  ],
}

test("equal numbers are one key however they are written", () => {
  const keys = ["1", "1.0", "10E-1", "0.1e1", "01"].map((sk) => itemKey(TABLE, { pk: { S: "a" }, sk: { N: sk } }))
  expect(new Set(keys).size).toBe(1)
  expect(["0", "-0", "0.00", "0e5"].map(canonicalNumber)).toEqual(["0", "0", "0", "0"])
})

test("a key that is not whole, or of another type, is none", () => {
  expect(itemKey(TABLE, { pk: { S: "a" } })).toBeUndefined()
  expect(itemKey(TABLE, { pk: { N: "1" }, sk: { N: "1" } })).toBeUndefined()
})

test("numbers are ordered as numbers, for any of them", () => {
  const number = fc.tuple(fc.integer({ min: -9_999, max: 9_999 }), fc.integer({ min: -20, max: 20 }))
  fc.assert(
    fc.property(number, number, ([a, x], [b, y]) => {
      // Exact, by bringing both to the smaller power.
      const least = Math.min(x, y)
      const [left, right] = [BigInt(a) * 10n ** BigInt(x - least), BigInt(b) * 10n ** BigInt(y - least)]
      expect(Math.sign(compareNumbers(`${a}e${x}`, `${b}E${y}`))).toBe(left < right ? -1 : left > right ? 1 : 0)
    }),
  )
})

test("items are equal whatever the order of their attributes and of the members of sets, not of lists", () => {
  expect(canonicalText({ a: { SS: ["x", "y"] }, b: { N: "1" } })).toBe(canonicalText({ b: { N: "1" }, a: { SS: ["y", "x"] } }))
  expect(canonicalText({ a: { L: [{ S: "x" }, { S: "y" }] } })).not.toBe(canonicalText({ a: { L: [{ S: "y" }, { S: "x" }] } }))
})
