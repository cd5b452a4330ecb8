import * as z from "zod"
import { Day } from "../../event/fields.ts"
import { concertConditions, CONCERT_FILTERS, LIVE, TICKETS } from "../filters.ts"
import { CURRENCY, earnedFrom, MIXED, refuseMixed, REVENUE } from "../money.ts"
import { statement } from "../statement.ts"
import { DEFAULT_DAYS, precedingStart, windowOf } from "../window.ts"

/** Shown with every answer, so it has to say what the SQL below does. */
export const EXPLAIN =
  "Days are those of the concerts, at the venue. concerts: concerts of the window that were not cancelled. ticketsSold, amounts and revenueCents: sold minus refunded of those concerts. " +
  MIXED +
  "sellThrough: tickets sold / capacity over the concerts whose capacity is known (the concert's, else the venue's); null where none is known or no tickets exist. " +
  "trend: (this window - preceding window of equal length) / preceding window, in tickets sold, or in concerts where the preceding window sold none; null where it has neither. " +
  "score, 0 to 100: 50 x concerts / most concerts of any venue listed + 30 x ticketsSold / most ticketsSold + 20 x sellThrough (at most 1; 0 where null); " +
  "where no venue sold a ticket, 100 x concerts / most concerts. Ties by venueId."

const ORDER = { concerts: "concerts", tickets: "tickets", revenue: "revenue", score: "score" } as const

const sqlOf = (conditions: string, by: keyof typeof ORDER, currency: string | undefined): string => `WITH live AS (
  SELECT c.concert_id, c.venue_id, COALESCE(v.name, c.venue_id) AS venue_name, v.city AS city, ${TICKETS} AS tickets,
    COALESCE(g.listed, 0) + COALESCE(g.sold, 0) AS offered, COALESCE(c.capacity, v.capacity) AS capacity,
    CASE WHEN c.concert_date >= CAST(:from_date AS DATE) THEN 1 ELSE 0 END AS inside
  FROM ${LIVE}
  AND c.concert_date >= CAST(:preceding_date AS DATE)
  AND c.concert_date < CAST(:to_date AS DATE)
  AND ${conditions}
), shown AS (
  SELECT venue_id AS subject, concert_id FROM live WHERE inside = 1
), ${earnedFrom("shown", currency)}, venue AS (
  SELECT venue_id, venue_name, city, SUM(inside) AS concerts, SUM(inside * tickets) AS tickets,
    SUM(1 - inside) AS preceding_concerts, SUM((1 - inside) * tickets) AS preceding_tickets,
    SUM(CASE WHEN capacity IS NULL THEN 0 ELSE inside * capacity END) AS seats,
    SUM(CASE WHEN capacity IS NULL THEN 0 ELSE inside * tickets END) AS seated,
    SUM(CASE WHEN capacity IS NULL THEN 0 ELSE inside * offered END) AS offered
  FROM live
  GROUP BY venue_id, venue_name, city
  HAVING SUM(inside) > 0
), best AS (
  SELECT MAX(concerts) AS concerts, MAX(tickets) AS tickets FROM venue
), filled AS (
  SELECT venue_id, CASE WHEN offered > 0 THEN CAST(seated AS FLOAT8) / NULLIF(seats, 0) ELSE NULL END AS sell_through FROM venue
), rated AS (
  SELECT n.venue_id, n.venue_name, n.city, n.concerts, n.tickets, ${REVENUE} AS revenue, e.amounts, f.sell_through,
    CASE WHEN n.preceding_tickets > 0 THEN CAST(n.tickets - n.preceding_tickets AS FLOAT8) / NULLIF(n.preceding_tickets, 0)
      WHEN n.preceding_concerts > 0 THEN CAST(n.concerts - n.preceding_concerts AS FLOAT8) / NULLIF(n.preceding_concerts, 0)
      ELSE NULL END AS trend,
    CAST(ROUND(CASE WHEN b.tickets > 0
      THEN 500 * CAST(n.concerts AS FLOAT8) / NULLIF(b.concerts, 0)
        + 300 * CAST(CASE WHEN n.tickets > 0 THEN n.tickets ELSE 0 END AS FLOAT8) / NULLIF(b.tickets, 0)
        + 200 * CASE WHEN f.sell_through IS NULL OR f.sell_through < 0 THEN 0 WHEN f.sell_through > 1 THEN 1 ELSE f.sell_through END
      ELSE 1000 * CAST(n.concerts AS FLOAT8) / NULLIF(b.concerts, 0) END) AS INTEGER) AS score
  FROM venue n JOIN filled f ON f.venue_id = n.venue_id LEFT JOIN earned e ON e.subject = n.venue_id CROSS JOIN best b
), ranked AS (
  SELECT r.*, ROW_NUMBER() OVER (ORDER BY r.${ORDER[by]} DESC, r.venue_id) AS place FROM rated r
)
SELECT CAST(place AS BIGINT) AS rank, CAST(venue_id AS VARCHAR(64)) AS venue_id, CAST(venue_name AS VARCHAR(900)) AS name, CAST(city AS VARCHAR(900)) AS city,
  CAST(concerts AS BIGINT) AS concerts, CAST(tickets AS BIGINT) AS tickets_sold, CAST(revenue AS BIGINT) AS revenue_cents,
  CAST(amounts AS VARCHAR(4000)) AS amounts, CAST(currencies AS VARCHAR(900)) AS currencies,
  CAST(sell_through AS FLOAT8) AS sell_through, CAST(CAST(score AS FLOAT8) / 10 AS FLOAT8) AS score, CAST(trend AS FLOAT8) AS trend
FROM ranked CROSS JOIN taken
WHERE place <= CAST(:most AS INTEGER)
ORDER BY place`

/** Venues by what happened there in a window, with the change against the window before it. */
export const venuesPopularity = statement({
  name: "venues.popularity",
  description:
    "Venues ranked by concerts, tickets, revenue or a score in a window of calendar days, with sell-through and trend.",
  params: z.strictObject({
    from: Day.optional().describe("First calendar day at the venue (YYYY-MM-DD). Not together with days."),
    to: Day.optional().describe("Calendar day at which the window ends, exclusive (YYYY-MM-DD). Not together with days."),
    days: z
      .int()
      .min(1)
      .max(3_650)
      .optional()
      .describe(`The last so many days up to and with today, default ${DEFAULT_DAYS}. Not together with from or to.`),
    by: z.enum(["concerts", "tickets", "revenue", "score"]).default("score").describe("What ranks the venues."),
    city: CONCERT_FILTERS.city,
    currency: CURRENCY,
    limit: z.int().min(1).max(100).default(10).describe("Most venues to list."),
  }),
  row: {
    rank: "integer",
    venue_id: "text",
    name: "text",
    city: "text?",
    concerts: "integer",
    tickets_sold: "integer",
    revenue_cents: "integer?",
    amounts: "text?",
    /** All that were taken at these venues. */
    currencies: "text?",
    sell_through: "number?",
    score: "number",
    trend: "number?",
  },
  verify: ({ currencies }, { by, currency }) => {
    if (by === "revenue") refuseMixed(currencies, currency)
  },
  bind({ from, to, days, by, city, currency, limit }) {
    const window = windowOf({ from, to, days })
    const conditions = concertConditions({ city })
    const values = {
      from_date: window.from,
      to_date: window.to,
      preceding_date: precedingStart(window),
      most: limit,
      ...conditions.values,
      ...(currency === undefined ? {} : { currency }),
    }
    return { sql: sqlOf(conditions.sql, by, currency), values }
  },
})
