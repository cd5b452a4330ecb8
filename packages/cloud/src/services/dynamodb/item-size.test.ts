import { expect, test } from "vitest"
import { itemBytes } from "./item-size.ts"

test("names and texts weigh their UTF-8 bytes, bytes themselves, and the rest as documented", () => {
  expect(itemBytes({ pk: { S: "zürich" } })).toBe(2 + 7)
  expect(itemBytes({ b: { B: "AQI=" } })).toBe(1 + 2)
  expect(itemBytes({ t: { BOOL: true }, n: { NULL: true } })).toBe(4)
  expect(itemBytes({ s: { SS: ["ab", "c"] } })).toBe(1 + 3)
})

test("a number weighs a byte for two significant digits and one more", () => {
  const weight = (N: string) => itemBytes({ n: { N } }) - 1
  expect(["0", "7", "42", "100000", "0.0042", "-12345"].map(weight)).toEqual([2, 2, 2, 2, 2, 4])
})

test("a list or map weighs three bytes and one for each element", () => {
  expect(itemBytes({ l: { L: [{ S: "a" }, { S: "b" }] } })).toBe(1 + 3 + 4)
  expect(itemBytes({ m: { M: { k: { S: "a" } } } })).toBe(1 + 3 + 1 + 1 + 1)
})
