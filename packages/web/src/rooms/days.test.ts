import { expect, test } from "vitest"
import { dayName, dayOf, shortAgo } from "./days.ts"

const at = (text: string) => new Date(text).getTime()
const now = at("2026-11-21T15:00:00")

test("days are named as a reader would", () => {
  expect(dayName(at("2026-11-21T00:00:00"), now)).toBe("Today")
  expect(dayName(at("2026-11-20T23:59:59"), now)).toBe("Yesterday")
  expect(dayName(at("2026-11-16T12:00:00"), now)).toBe("Monday 16 November")
  expect(dayName(at("2025-11-16T12:00:00"), now)).toBe("16 November 2025")
})

test("two instants of one day have the same day, also where the clock is put back", () => {
  for (const day of ["2026-03-29", "2026-10-25", "2026-11-01"])
    expect(dayOf(at(`${day}T00:00:00`))).toBe(dayOf(at(`${day}T23:59:59`)))
})

test("a message of today shows its time in the list, an older one its day", () => {
  expect(shortAgo(at("2026-11-21T09:05:00"), now)).toBe("09:05")
  expect(shortAgo(at("2026-11-20T09:05:00"), now)).toBe("20 Nov")
})
