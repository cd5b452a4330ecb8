import * as z from "zod"
import { run, statements } from "../analytics/index.ts"
import { Amount, amountsOf } from "../analytics/money.ts"
import { now } from "../clock.ts"
import * as Concert from "../concert/index.ts"
import { Id } from "../event/fields.ts"
import { fn } from "../fn.ts"
import { CALENDAR } from "./span.ts"

/** How one concert does, beside its curve of sales. */
export const Figures = z.object({
  /** Epoch milliseconds: the state of the data. */
  asOf: z.number(),
  concertId: z.string(),
  title: z.string(),
  /** The concert's own, else the venue's; null where unknown. */
  capacity: z.number().nullable(),
  tickets: z.object({ listed: z.number(), sold: z.number(), refunded: z.number(), scanned: z.number() }),
  amounts: z.array(Amount),
  /** From when on a ticket cost what, oldest first. `at` is epoch milliseconds, to the second. */
  prices: z.array(z.object({ at: z.number(), priceCents: z.number(), currency: z.string() })),
  /** Looks by day; viewers are those of them who are known, each once a day. */
  views: z.array(z.object({ day: z.string(), views: z.number(), viewers: z.number() })),
  calendar: z.string(),
  timeZone: z.string(),
  explain: z.string(),
})
export type Figures = z.output<typeof Figures>

const EXPLAIN =
  "tickets: as they were told, sold and refunded apart. amounts: sold minus refunded, minor units (ISO 4217) per currency, never added up. " +
  "views: looks at the concert's page per day in timeZone; days without any are left out."

/** The tickets, prices and looks of one concert, or `missing.concert`. */
export const figures = fn(
  () => z.object({ id: Id }),
  async ({ id }): Promise<Figures> => {
    const [figures, prices, views] = await Promise.all([
      run(statements.concertsFigures, { concertId: id }),
      run(statements.concertsPrices, { concertId: id }),
      run(statements.concertsViews, { concertId: id }),
    ])
    const row = figures.rows[0]
    if (!row) throw Concert.missing()
    const { listed, sold, refunded, scanned } = row
    return {
      asOf: figures.loadedAt ?? now(),
      concertId: id,
      title: row.title,
      capacity: row.capacity,
      tickets: { listed, sold, refunded, scanned },
      amounts: amountsOf(row.amounts),
      prices: prices.rows.map(({ at_time: at, price_cents: priceCents, currency }) => ({ at, priceCents, currency })),
      views: views.rows,
      calendar: CALENDAR.sale.replace("the sale", "the sale or look"),
      timeZone: row.time_zone,
      explain: EXPLAIN,
    }
  },
)
