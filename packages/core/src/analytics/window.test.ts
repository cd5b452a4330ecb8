import { expect, test } from "vitest"
import { withClock } from "../clock.ts"
import { precedingStart, windowOf } from "./window.ts"

const at = <R>(iso: string, run: () => R): R => withClock({ now: () => Date.parse(iso) }, run)

test("the last days end with today and are as many as asked for", () => {
  at("2024-03-01T23:59:00Z", () => {
    expect(windowOf({ days: 1 })).toEqual({ from: "2024-03-01", to: "2024-03-02" })
    expect(windowOf({ days: 2 })).toEqual({ from: "2024-02-29", to: "2024-03-02" })
    expect(windowOf({})).toEqual({ from: "2023-12-03", to: "2024-03-02" })
  })
})

test("a missing end is filled in and given ends stay", () => {
  at("2024-03-01T00:00:00Z", () => {
    expect(windowOf({ from: "1950-01-01", to: "1960-01-01" })).toEqual({ from: "1950-01-01", to: "1960-01-01" })
    expect(windowOf({ from: "2024-01-01" })).toEqual({ from: "2024-01-01", to: "2024-03-02" })
    expect(windowOf({ to: "1960-01-01" })).toEqual({ from: "1959-10-03", to: "1960-01-01" })
  })
})

test("a window that is empty or named twice is refused with the path", () => {
  expect(() => windowOf({ from: "2024-01-01", to: "2024-01-01" })).toThrow("from must be before to")
  expect(() => windowOf({ days: 3, to: "2024-01-01" })).toThrow("either days")
})

test("the preceding window has the same length", () => {
  expect(precedingStart({ from: "2024-03-01", to: "2024-03-31" })).toBe("2024-01-31")
  expect(precedingStart({ from: "1950-01-01", to: "1960-01-01" })).toBe("1940-01-02")
})
