import fc from "fast-check"
import { expect, test } from "vitest"
import { type Columns, decoder } from "./row.ts"

const one = (declared: Columns[string], field: object): unknown => decoder({ x: declared }, [{ name: "X" }])([field as never]).x

test("numbers are read from whichever member the SQL type produced", () => {
  expect(one("integer", { longValue: 7 })).toBe(7)
  expect(one("integer", { stringValue: "7" })).toBe(7)
  expect(one("number", { doubleValue: 0.25 })).toBe(0.25)
  expect(one("number", { stringValue: "12.50" })).toBe(12.5)
  expect(one("text", { longValue: 7 })).toBe("7")
})

test("an integer that a double cannot hold is refused, not rounded", () => {
  expect(() => one("integer", { stringValue: "9007199254740993" })).toThrow("x cannot be read")
  expect(one("text", { stringValue: "9007199254740993" })).toBe("9007199254740993")
})

test("dates and timestamps are read in both spellings of the documentation", () => {
  expect(one("date", { stringValue: "1842-12-07" })).toBe("1842-12-07")
  expect(one("date", { stringValue: "1842-12-07 00:00:00.0" })).toBe("1842-12-07")
  expect(one("timestamp", { stringValue: "2022-02-22 00:00:00.0" })).toBe(Date.UTC(2022, 1, 22))
  expect(one("timestamp", { stringValue: "2020-08-21 17:33:51.88712" })).toBe(Date.UTC(2020, 7, 21, 17, 33, 51, 887))
  expect(one("timestamp", { stringValue: "1842-12-07 19:30:00" })).toBe(Date.UTC(1842, 11, 7, 19, 30))
  expect(() => one("date", { stringValue: "2022-02-22 10:00:00" })).toThrow("cannot be read")
})

test("NULL is null where it is declared and a defect elsewhere", () => {
  expect(one("text?", { isNull: true })).toBeNull()
  expect(() => one("text", { isNull: true })).toThrow("x is NULL")
  expect(one("text", { stringValue: "" })).toBe("")
  expect(one("boolean", { booleanValue: false })).toBe(false)
})

test("columns are found by label in any order and case, and a missing one is named", () => {
  const decode = decoder({ b: "integer", a: "text" }, [{ label: "A" }, { label: "B" }, { label: "more" }])
  expect(decode([{ stringValue: "x" }, { longValue: 1 }, { isNull: true }])).toEqual({ a: "x", b: 1 })
  expect(() => decoder({ c: "text" }, [{ label: "a" }])).toThrow("c is missing")
})

test("every safe value survives the trip", () => {
  fc.assert(
    fc.property(
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string(),
      fc.boolean(),
      (i, d, s, b) => {
        expect(one("integer", { longValue: i })).toBe(i)
        expect(one("integer", { stringValue: String(i) })).toBe(i)
        expect(one("number", { doubleValue: d })).toBe(d)
        expect(one("text", { stringValue: s })).toBe(s)
        expect(one("boolean", { booleanValue: b })).toBe(b)
      },
    ),
  )
})
