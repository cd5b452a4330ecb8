import { expect, test } from "vitest"
import { formatDuration, formatMoney, formatPrice, plural } from "./number.ts"
import { ageGroup, dayBefore, formatAgo } from "./time.ts"
import { toWords } from "./words.ts"

test("prices, durations and counts read as a person would say them", () => {
  expect([0, 42, 184, 12_345, 2_500_000].map(formatPrice)).toEqual(["free", "under $0.0001", "$0.0002", "$0.01", "$2.50"])
  expect([840, 2_400, 65_000].map(formatDuration)).toEqual(["840 ms", "2.4 s", "1 min 5 s"])
  expect([plural(1, "row"), plural(1200, "row")]).toEqual(["1 row", "1,200 rows"])
  expect(formatMoney(-1250, "USD")).toBe("-$12.50")
})

test("ages are counted from now, and a clock that runs ahead is not the future", () => {
  const now = Date.UTC(2026, 5, 15, 12)
  const ago = (seconds: number) => formatAgo(now - seconds * 1000, now)
  expect([ago(-30), ago(5), ago(42), ago(125), ago(7_300), ago(200_000), ago(1_000_000)]).toEqual([
    "just now",
    "just now",
    "42 s ago",
    "2 min ago",
    "2 h ago",
    "2 d ago",
    "3 Jun 2026",
  ])
})

test("a list is grouped by calendar day", () => {
  const now = new Date(2026, 5, 15, 0, 30).getTime()
  const hours = (count: number) => ageGroup(now - count * 3_600_000, now)
  expect([hours(0.2), hours(2), hours(48), hours(24 * 20), hours(24 * 60)]).toEqual([
    "Today",
    "Yesterday",
    "Last 7 days",
    "Last 30 days",
    "Older",
  ])
})

test("a window shows its last day, not the one it ends before", () => {
  expect(dayBefore("2026-03-01")).toBe("2026-02-28")
})

test("names of columns and events become words", () => {
  expect(["tickets_sold", "sellThrough", "ticket.refunded"].map(toWords)).toEqual([
    "Tickets sold",
    "Sell through",
    "Ticket refunded",
  ])
})
