import * as z from "zod"
import { run, statements } from "../analytics/index.ts"
import { Amount, amountsOf } from "../analytics/money.ts"
import { now } from "../clock.ts"
import * as Concert from "../concert/index.ts"
import { Day, Id } from "../event/fields.ts"
import { fn } from "../fn.ts"
import { Text } from "../text.ts"
import { CALENDAR, spanOf, tooLong } from "./span.ts"

export { figures, type Figures } from "./figures.ts"
export { freshness, type Freshness } from "./freshness.ts"
export { top, type Top } from "./top.ts"

export const Sales = z.object({
  /** Epoch milliseconds: the state of the data. */
  asOf: z.number(),
  of: z.enum(["sale", "concert"]),
  by: z.enum(["day", "week", "month"]),
  /** Which days `from`, `to` and the periods are. */
  calendar: z.string(),
  /** Null where the window is open: all of one concert. */
  from: z.string().nullable(),
  /** Exclusive. */
  to: z.string().nullable(),
  items: z.array(
    z.object({
      /** YYYY-MM-DD of the day or of the week's Monday, YYYY-MM of the month. */
      period: z.string(),
      tickets: z.number(),
      amounts: z.array(Amount),
    }),
  ),
  explain: z.string(),
})
export type Sales = z.output<typeof Sales>

const EXPLAIN =
  "Periods without a sale or refund are left out. tickets and amounts: sold minus refunded, so a period with more refunds than sales is negative; with of=sale a refund counts on the day it was made. " +
  "amounts: minor units (ISO 4217) per currency, never added up. Weeks are named by their Monday. Cancelled concerts, and concerts that nobody announced yet, are left out."

const filter = Text({ max: 300 }).optional()

const Query = z.object({
  of: Sales.shape.of.default("sale"),
  by: Sales.shape.by.default("day"),
  from: Day.optional(),
  /** Exclusive. */
  to: Day.optional(),
  /** Part of the name, or the id. */
  venue: filter,
  artist: filter,
  city: filter,
  /** The id of one concert; then all its days, unless a window is given. */
  concert: Id.optional(),
})

/**
 * Tickets and amounts by the day, week or month of the sale or of the concert. Throws `input.window` for an empty window or more than 1,000 periods,
 * `missing.concert` for a concert that is not there or was cancelled.
 */
export const series = fn(
  () => Query,
  async ({ of, by, from, to, concert, ...filters }): Promise<Sales> => {
    const span = spanOf({ by, from, to, open: concert !== undefined })
    const [{ rows, loadedAt, truncated }] = await Promise.all([
      run(statements.salesByPeriod, { of, by, ...span, concert, ...filters }),
      concert === undefined ? undefined : Concert.known(concert),
    ])
    if (truncated) tooLong()
    const items = rows.map(({ period, tickets, amounts }) => ({ period, tickets, amounts: amountsOf(amounts) }))
    const window = { from: span.from ?? null, to: span.to ?? null }
    return { asOf: loadedAt ?? now(), of, by, calendar: CALENDAR[of], ...window, items, explain: EXPLAIN }
  },
)
