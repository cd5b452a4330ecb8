import type { Row, SalesBy, SalesResult } from "@backline/client"
import type { ChartChoice } from "../receipts/chart-choice.ts"
import type { Column } from "../receipts/columns.ts"

const PERIOD: Record<SalesBy, string> = { day: "Day", week: "Week", month: "Month" }
const DAY_MS = 86_400_000

/** The period after one: the service leaves out those without sales, a line must not jump over them. */
function after(period: string, by: SalesBy): string {
  if (by === "month") {
    const [year = 0, month = 0] = period.split("-").map(Number)
    return month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, "0")}`
  }
  return new Date(Date.parse(`${period}T00:00:00Z`) + (by === "week" ? 7 : 1) * DAY_MS).toISOString().slice(0, 10)
}

/** Every period from the first to the last with sales, those without as 0. */
export function filled(items: SalesResult["items"], by: SalesBy): SalesResult["items"] {
  const known = new Map(items.map((item) => [item.period, item]))
  const [first, last] = [items[0]?.period, items.at(-1)?.period]
  const all: SalesResult["items"] = []
  if (first === undefined || last === undefined) return all
  for (let period = first; period <= last; period = after(period, by))
    all.push(known.get(period) ?? { period, tickets: 0, amounts: [] })
  return all
}

/** Sales as rows of a chart: tickets, and the amounts of one currency. */
export function salesRows({ items, by }: SalesResult, currency: string | undefined): { choice: ChartChoice; rows: Row[] } {
  const rows = filled(items, by).map(({ period, tickets, amounts }) => ({
    period,
    tickets,
    ...(currency ? { revenue_cents: amounts.find((amount) => amount.currency === currency)?.minor ?? 0, currency } : {}),
  }))
  const tickets: Column = { key: "tickets", kind: "number", label: "Tickets" }
  const money: Column = { key: "revenue_cents", kind: "money", label: `Revenue in ${currency}` }
  return {
    rows,
    choice: {
      kind: rows.length > 12 ? "line" : "columns",
      label: { key: "period", kind: "period", label: PERIOD[by] },
      measures: currency ? [tickets, money] : [tickets],
      first: tickets,
    },
  }
}
