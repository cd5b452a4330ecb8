import { expect, it } from "vitest"
import { filled, salesRows } from "./sales-rows.ts"

const item = (period: string, tickets = 1) => ({ period, tickets, amounts: [{ currency: "JPY", minor: 900 }] })

it("puts 0 where a day, week or month had no sales, over ends of years and leap days", () => {
  const periods = (by: "day" | "week" | "month", ...from: string[]) =>
    filled(
      from.map((period) => item(period)),
      by,
    ).map(({ period, tickets }) => `${period} ${tickets}`)
  expect(periods("day", "2024-02-28", "2024-03-01")).toEqual(["2024-02-28 1", "2024-02-29 0", "2024-03-01 1"])
  expect(periods("week", "2024-12-23", "2025-01-06")).toEqual(["2024-12-23 1", "2024-12-30 0", "2025-01-06 1"])
  expect(periods("month", "2024-11", "2025-01")).toEqual(["2024-11 1", "2024-12 0", "2025-01 1"])
  expect(periods("day")).toEqual([])
})

it("draws one currency and keeps its name beside it", () => {
  const sales = {
    asOf: 1,
    of: "sale",
    by: "day",
    calendar: "c",
    from: null,
    to: null,
    items: [item("2024-05-01")],
    explain: "",
  } as const
  const { rows, choice } = salesRows({ ...sales, items: [...sales.items] }, "JPY")
  expect(rows).toEqual([{ period: "2024-05-01", tickets: 1, revenue_cents: 900, currency: "JPY" }])
  expect(choice.measures.map(({ label }) => label)).toEqual(["Tickets", "Revenue in JPY"])
  expect(salesRows({ ...sales, items: [...sales.items] }, undefined).choice.measures).toHaveLength(1)
})
