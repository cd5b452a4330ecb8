import fc from "fast-check"
import { expect, test } from "vitest"
import { readPattern } from "./filter-pattern.ts"

const LINES = ["ERROR 400 bad request", "ERROR 401 unauthorized", "WARN slow", 'level="info" a\\b']
const found = (pattern: string) => LINES.filter(readPattern(pattern)).map((line) => LINES.indexOf(line))

test.each([
  ["", [0, 1, 2, 3]],
  ["ERROR", [0, 1]],
  ["error", []],
  ["ERROR 401", [1]],
  ['"bad request"', [0]],
  ["ERROR -400", [1]],
  ["?slow ?unauthorized", [1, 2]],
  ['-"bad request" -WARN', [1, 3]],
  ['"level=\\"info\\" a\\\\b"', [3]],
])("%s finds the lines %j", (pattern, expected) => {
  expect(found(pattern)).toEqual(expected)
})

test.each(["{ $.level = 1 }", "[a, b]", "%ERR.*%", "?a b", "a (b)", '"open'])("%s is refused by name", (pattern) => {
  expect(() => readPattern(pattern)).toThrow(/^NOT_SIMULATED: filterPattern/)
})

test("any phrase in quotation marks finds the lines that contain it, and no others", () => {
  const quoted = (phrase: string) => `"${phrase.replaceAll(/["\\]/g, "\\$&")}"`
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), fc.string(), (phrase, before, after) => {
      expect(readPattern(quoted(phrase))(before + phrase + after)).toBe(true)
      expect(readPattern(quoted(phrase))(before)).toBe(before.includes(phrase))
    }),
  )
})
