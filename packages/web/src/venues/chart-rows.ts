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
    // Where several currencies mix, a bar of one of them would be a lie.
    ...(currency ? { revenue_cents: item.amounts.find((amount) => amount.currency === currency)?.minor ?? 0, currency } : {}),
  }))
  const columns = columnsOf(rows)
  const column = (key: string): Column => columns.find((each) => each.key === key) ?? { key, kind: "number", label: key }
  const measures = Object.values(KEY)
    .filter((key) => currency || key !== KEY.revenue)
    .map(column)
  return { rows, choice: { kind: "bars", label: column("venue"), measures, first: column(KEY[by]) } }
}
