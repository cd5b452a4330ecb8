import * as z from "zod"
import { Id } from "../../event/fields.ts"
import { concertConditions, CONCERT_FILTERS, LIVE } from "../filters.ts"
import { Conditions, statement } from "../statement.ts"

/** Days come first, weeks are named by their Monday (ISO 8601), months by year and month. */
const BUCKET = {
  day: (day: string) => `CAST(${day} AS VARCHAR(10))`,
  week: (day: string) => `CAST(CAST(DATE_TRUNC('week', ${day}) AS DATE) AS VARCHAR(10))`,
  month: (day: string) => `SUBSTRING(CAST(${day} AS VARCHAR(10)), 1, 7)`,
} as const

/** Both calendars are the venue's: the day a ticket was sold or given back, or the day of the concert it is for. */
const DAY = { sale: "s.sale_day", concert: "l.concert_date" } as const

const { from, to, venue, artist, city } = CONCERT_FILTERS

export const salesByPeriod = statement({
  name: "sales.by_period",
  description:
    "Tickets and amounts per currency by the day of the sale or of the concert, per day, week or month. Refunds are taken off, in of=sale on the day of the refund.",
  params: z.strictObject({
    of: z.enum(["sale", "concert"]).describe("sale: the day of the sale in the venue's zone; concert: the day of the concert."),
    by: z.enum(["day", "week", "month"]).describe("What one row stands for; a week is named by its Monday."),
    from: from.describe("First day of that calendar, inclusive."),
    to: to.describe("Day at which the window ends, exclusive."),
    venue,
    artist,
    city,
    concert: Id.optional().describe("The id of one concert."),
  }),
  row: { period: "text", tickets: "integer", amounts: "text?" },
  bind({ of, by, from, to, concert, ...filters }) {
    const concerts = concertConditions(filters)
    concerts.add("c.concert_id = :concert", { concert })
    const days = new Conditions()
    days.add(`${DAY[of]} >= CAST(:from_date AS DATE)`, { from_date: from })
    days.add(`${DAY[of]} < CAST(:to_date AS DATE)`, { to_date: to })
    const period = BUCKET[by](DAY[of])
    const sql = `WITH live AS (
  SELECT c.concert_id, c.concert_date
  FROM ${LIVE}
  AND ${concerts.sql}
), sale AS (
  SELECT ${period} AS period, s.currency, SUM(s.sold - s.refunded) AS tickets, SUM(s.sold_minor - s.refunded_minor) AS minor
  FROM live l JOIN core.agg_sale s ON s.concert_id = l.concert_id
  WHERE ${days.sql}
  GROUP BY ${period}, s.currency
)
SELECT CAST(period AS VARCHAR(10)) AS period, CAST(SUM(tickets) AS BIGINT) AS tickets,
  CAST(LISTAGG(currency || ' ' || CAST(minor AS VARCHAR(20)), ', ') WITHIN GROUP (ORDER BY currency) AS VARCHAR(4000)) AS amounts
FROM sale
GROUP BY period
ORDER BY period`
    return { sql, values: { ...concerts.values, ...days.values } }
  },
})
