import * as z from "zod"
import { run, statements } from "../analytics/index.ts"
import { Amount, amountsOf } from "../analytics/money.ts"
import { EXPLAIN } from "../analytics/statements/venues-popularity.ts"
import { windowOf } from "../analytics/window.ts"
import { now } from "../clock.ts"
import { Currency, Day } from "../event/fields.ts"
import { fn } from "../fn.ts"
import { Text } from "../text.ts"

const Item = z.object({
  rank: z.number(),
  venueId: z.string(),
  name: z.string(),
  city: z.string().nullable(),
  concerts: z.number(),
  ticketsSold: z.number(),
  /** Null where several currencies mix: see `amounts`. */
  revenueCents: z.number().nullable(),
  amounts: z.array(Amount),
  /** Share of the seats, null where unknown. */
  sellThrough: z.number().nullable(),
  /** 0 to 100. */
  score: z.number(),
  /** Relative change against the preceding window, null where unknown. */
  trend: z.number().nullable(),
})

export const Popularity = z.object({
  /** Epoch milliseconds: the state of the data. */
  asOf: z.number(),
  from: z.string(),
  /** Exclusive. */
  to: z.string(),
  items: z.array(Item),
  /** What the figures mean. */
  explain: z.string(),
})
export type Popularity = z.output<typeof Popularity>

/** Query parameters are text, so numbers are read from it. */
const Query = z.object({
  from: Day.optional(),
  to: Day.optional(),
  days: z.coerce.number().int().min(1).max(3_650).optional(),
  by: z.enum(["score", "concerts", "tickets", "revenue"]).default("score"),
  city: Text({ max: 300 }).optional(),
  currency: Currency.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
})

/** Venues by concerts, tickets, revenue or score in a window of venue-local days. Throws `input.window` for a window that is empty or named twice, `input.currency` for a ranking by revenue of several currencies. */
export const popularity = fn(
  () => Query,
  async ({ from, to, days, by, city, currency, limit }): Promise<Popularity> => {
    const window = windowOf({ from, to, days })
    const { rows, loadedAt } = await run(statements.venuesPopularity, { ...window, by, city, currency, limit })
    const items = rows.map((row) => ({
      rank: row.rank,
      venueId: row.venue_id,
      name: row.name,
      city: row.city,
      concerts: row.concerts,
      ticketsSold: row.tickets_sold,
      revenueCents: row.revenue_cents,
      amounts: amountsOf(row.amounts),
      sellThrough: row.sell_through,
      score: row.score,
      trend: row.trend,
    }))
    return { asOf: loadedAt ?? now(), ...window, items, explain: EXPLAIN }
  },
)
