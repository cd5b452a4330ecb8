import fc from "fast-check"
import { expect, test } from "vitest"
import { depthOf, rawAt } from "./raw-json.ts"

test("a value is told as it is written: digits, zeros, white space, escapes and the last of two", () => {
  const text =
    '{ "id" : 1524831183200260097 , "a" : [ 10.50, -1E+2, "q\\"]}", {"b" : [ 1 , 2 ]} ], "id2":1, "id2": 2.0, "n": null}'
  expect(rawAt(text, ["id"])).toBe("1524831183200260097")
  expect(rawAt(text, ["a", 0])).toBe("10.50")
  expect(rawAt(text, ["a", 1])).toBe("-1E+2")
  expect(rawAt(text, ["a", 2])).toBe('"q\\"]}"')
  expect(rawAt(text, ["a", 3, "b"])).toBe("[ 1 , 2 ]")
  expect(rawAt(text, ["id2"])).toBe("2.0")
  expect(rawAt(text, ["n"])).toBe("null")
  for (const path of [["none"], ["a", 4], ["a", "0"], ["id", "x"], [0], ["n", "x"]]) expect(rawAt(text, path)).toBeUndefined()
  expect(rawAt(' "whole" ', [])).toBe('"whole"')
  expect([depthOf(text), depthOf('"[["'), depthOf("[]")]).toEqual([4, 0, 1])
})

test("finds what parsing finds, at every path of any value", () => {
  const pathsOf = (value: any): (string | number)[][] =>
    value === null || typeof value !== "object"
      ? [[]]
      : [
          [],
          ...Object.entries(value).flatMap(([key, inner]) =>
            pathsOf(inner).map((path) => [Array.isArray(value) ? Number(key) : key, ...path]),
          ),
        ]
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 1, "\t"), (value, space) => {
      const text = JSON.stringify(value, undefined, space)
      const parsed = JSON.parse(text)
      for (const path of pathsOf(parsed)) {
        const expected = path.reduce<any>((inner, part) => inner[part], parsed)
        expect(JSON.parse(rawAt(text, path)!)).toEqual(expected)
      }
    }),
    { numRuns: 500 },
  )
})

test("goes as deep as text goes, without recursion", () => {
  const depth = 200_000
  expect(depthOf("[".repeat(depth) + "]".repeat(depth))).toBe(depth)
  expect(rawAt(`[1,${"[".repeat(depth)}${"]".repeat(depth)},2.50]`, [2])).toBe("2.50")
})
