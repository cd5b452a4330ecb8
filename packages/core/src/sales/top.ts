import * as z from "zod"
import { run, statements } from "../analytics/index.ts"
import { Amount, amountsOf, MIXED } from "../analytics/money.ts"
import { windowOf } from "../analytics/window.ts"
import { now } from "../clock.ts"
import { Currency, Day } from "../event/fields.ts"
import { fn } from "../fn.ts"
import { Text } from "../text.ts"
import { CALENDAR } from "./span.ts"

export const Top = z.object({
  /** Epoch milliseconds: the state of the data. */
  asOf: z.number(),
  of: z.enum(["artists", "cities", "works"]),
  by: z.enum(["tickets", "revenue", "concerts"]),
  calendar: z.string(),
  from: z.string(),
  /** Exclusive. */
  to: z.string(),
  items: z.array(
    z.object({
      rank: z.number(),
      /** The artist's id; cities and works have none. */
      artistId: z.string().optional(),
      name: z.string(),
      /** An artist's genre, a city's country, a work's composer. */
      detail: z.string().nullable(),
      concerts: z.number(),
      ticketsSold: z.number(),
      /** Null where several currencies mix: see `amounts`. */
      revenueCents: z.number().nullable(),
      amounts: z.array(Amount),
    }),
  ),
  explain: z.string(),
})
export type Top = z.output<typeof Top>

const EXPLAIN =
  "concerts: concerts of the window that were not cancelled. ticketsSold and amounts: sold minus refunded of those concerts, whenever they were sold. " +
  `${MIXED}A work is credited with all sales of the concerts it was played in, so works do not add up to the total.`

const filter = Text({ max: 300 }).optional()

/** Query parameters are text, so numbers are read from it. */
const Query = z.object({
  of: Top.shape.of,
  by: Top.shape.by.default("tickets"),
  from: Day.optional(),
  to: Day.optional(),
  days: z.coerce.number().int().min(1).max(3_650).optional(),
  venue: filter,
  artist: filter,
  city: filter,
  currency: Currency.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
})

/** Artists, cities or works by what their concerts of a window sold. Throws `input.window`, and `input.currency` for a ranking by revenue of several currencies. */
export const top = fn(
  () => Query,
  async ({ of, by, from, to, days, limit, ...filters }): Promise<Top> => {
    const window = windowOf({ from, to, days })
    const { rows, loadedAt } = await run(statements.salesTop, { of, by, ...window, limit, ...filters })
    const items = rows.map((row) => ({
      rank: row.rank,
      ...(of === "artists" ? { artistId: row.subject } : {}),
      name: row.name,
      detail: row.detail,
      concerts: row.concerts,
      ticketsSold: row.tickets_sold,
      revenueCents: row.revenue_cents,
      amounts: amountsOf(row.amounts),
    }))
    return { asOf: loadedAt ?? now(), of, by, calendar: CALENDAR.concert, ...window, items, explain: EXPLAIN }
  },
)
