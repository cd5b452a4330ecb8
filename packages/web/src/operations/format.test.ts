import fc from "fast-check"
import { expect, test } from "vitest"
import { formatMicroUsd, formatMs } from "./format.ts"

test("a price shows two digits that say something, however small it is", () => {
  expect([0, 0.01, 0.4, 42, 375, 25_000, 380_000, 12_345_678].map(formatMicroUsd)).toEqual([
    "$0",
    "under $0.0000001",
    "$0.00000040",
    "$0.000042",
    "$0.00038",
    "$0.025",
    "$0.38",
    "$12.35",
  ])
})

test("a price that is shown is never more than 6 % off", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 1e9, noNaN: true }), (microUsd) => {
      const shown = Number(formatMicroUsd(microUsd).slice(1)) * 1_000_000
      expect(Math.abs(shown - microUsd) / microUsd).toBeLessThan(0.06)
    }),
  )
})

test("durations are said in the unit a person would choose", () => {
  const minute = 60_000
  expect([0, 0.42, 12, 1_240, 29_000, 3 * minute, 125 * minute, 120 * minute, 96 * 60 * minute].map(formatMs)).toEqual([
    "0",
    "0.4 ms",
    "12 ms",
    "1.2 s",
    "29 s",
    "3 min",
    "2 h 5 min",
    "2 h",
    "4 d",
  ])
})
