import { expect, test } from "vitest"
import { chartPoints, chooseChart, MOST_BARS } from "./chart-choice.ts"

const venues = [
  { venue_id: "v1", name: "Carnegie Hall", city: "New York", concerts: 12, tickets_sold: 900, revenue_cents: 123_456 },
  { venue_id: "v2", name: "Konserthuset", city: "Stockholm", concerts: 9, tickets_sold: 1_100, revenue_cents: 99_000 },
]
const days = (count: number) =>
  Array.from({ length: count }, (_, day) => ({ period: `2026-01-${String(day + 1).padStart(2, "0")}`, tickets: day }))

test("names are compared with bars, and the measure asked for is drawn first", () => {
  const choice = chooseChart(venues, { measure: "tickets" })
  expect(choice).toMatchObject({ kind: "bars", label: { key: "name", label: "Venue" }, first: { key: "tickets_sold" } })
  expect(choice?.measures.map(({ key }) => key)).toEqual(["concerts", "tickets_sold", "revenue_cents"])
  expect(chooseChart(venues)?.first.key).toBe("concerts")
})

test("few periods are columns, many are a line", () => {
  expect(chooseChart(days(5))?.kind).toBe("columns")
  expect(chooseChart(days(20))).toMatchObject({ kind: "line", label: { key: "period" } })
  expect(
    chooseChart([
      { season: "1956-57", concerts: 3 },
      { season: "1957-58", concerts: 4 },
    ])?.kind,
  ).toBe("columns")
  expect(
    chooseChart([
      { period: 1950, concerts: 3 },
      { period: 1951, concerts: 4 },
    ])?.label.kind,
  ).toBe("period")
})

test("seasons ranked by a number are bars, since their order is not time", () => {
  expect(
    chooseChart([
      { season: "1957-58", concerts: 9 },
      { season: "1956-57", concerts: 4 },
    ])?.kind,
  ).toBe("bars")
})

test("nothing is drawn for one row, for a list of concerts, or without a number", () => {
  expect(chooseChart(venues.slice(0, 1))).toBeUndefined()
  expect(
    chooseChart([
      { concert_id: "a", title: "A", tickets: 1 },
      { concert_id: "b", title: "B", tickets: 2 },
    ]),
  ).toBeUndefined()
  expect(
    chooseChart([
      { kind: "composer", name: "Bach" },
      { kind: "composer", name: "Brahms" },
    ]),
  ).toBeUndefined()
})

test("money is drawn in whole units, and bars stop where they could not be read", () => {
  const choice = chooseChart(venues, { measure: "revenue" })!
  expect(chartPoints(choice, choice.first, venues)[0]).toEqual({ label: "Carnegie Hall", value: 1234.56, text: "1,235" })
  const many = Array.from({ length: 40 }, (_, index) => ({ composer: `Composer ${index}`, concerts: 40 - index }))
  const bars = chooseChart(many)!
  expect(chartPoints(bars, bars.first, many)).toHaveLength(MOST_BARS)
})
