import type { PopularityBy, Row, VenuePopularity } from "@backline/client"
import type { ChartChoice } from "../receipts/chart-choice.ts"
import { type Column, columnsOf } from "../receipts/columns.ts"

const KEY: Record<PopularityBy, string> = {
  score: "score",
  concerts: "concerts",
  tickets: "tickets_sold",
  revenue: "revenue_cents",
}

/** The ranking as a chart of what it ranks by, with the other measures to choose from. */
export function chartRows(
  items: readonly VenuePopularity[],
  by: PopularityBy,
  currency?: string,
): { choice: ChartChoice; rows: Row[] } {
  const rows = items.map((item) => ({
    venue: item.name,
    score: item.score,
    concerts: item.concerts,
    tickets_sold: item.ticketsSold,
    revenue_cents: item.revenueCents,
    ...(currency ? { currency } : {}),
  }))
  const columns = columnsOf(rows)
  const column = (key: string): Column => columns.find((each) => each.key === key) ?? { key, kind: "number", label: key }
  const measures = Object.values(KEY).map(column)
  return { rows, choice: { kind: "bars", label: column("venue"), measures, first: column(KEY[by]) } }
}
