import * as z from "zod"
import { Amount, amountsOf, MIXED } from "./money.ts"

/** What an artist or a venue has behind and before it, without concerts that were cancelled. */
export const TrackRecord = z.object({
  concerts: z.number(),
  /** YYYY-MM-DD, null where there is no concert. */
  firstDate: z.string().nullable(),
  lastDate: z.string().nullable(),
  ticketsSold: z.number(),
  /** Null where several currencies were taken: see `amounts`. */
  revenueCents: z.number().nullable(),
  amounts: z.array(Amount),
  /** What the figures mean. */
  explain: z.string(),
})

const EXPLAIN = `Concerts that were not cancelled; tickets and amounts are sold minus refunded. ${MIXED.trim()}`

interface Row {
  concerts: number
  first_date: string | null
  last_date: string | null
  tickets_sold: number
  revenue_cents: number | null
  amounts: string | null
}

export const trackRecordOf = (row: Row): z.output<typeof TrackRecord> => ({
  concerts: row.concerts,
  firstDate: row.first_date,
  lastDate: row.last_date,
  ticketsSold: row.tickets_sold,
  revenueCents: row.revenue_cents,
  amounts: amountsOf(row.amounts),
  explain: EXPLAIN,
})
