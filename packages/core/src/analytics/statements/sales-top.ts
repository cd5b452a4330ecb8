import * as z from "zod"
import { CONCERT_FILTERS, concertConditions, LIVE, TICKETS } from "../filters.ts"
import { CURRENCY, earnedFrom, refuseMixed, REVENUE } from "../money.ts"
import { statement } from "../statement.ts"

/** What a row stands for, and what tells two of the same name apart. */
const SUBJECT = {
  artists: { subject: "l.artist_id", name: "l.artist_name", detail: "l.genre", from: "live l" },
  cities: { subject: "l.city", name: "l.city", detail: "l.country", from: "live l" },
  /** A work of two movements was played once. Sales of a concert count for each of its works. */
  works: {
    subject: "w.title || ' / ' || COALESCE(w.composer, '')",
    name: "w.title",
    detail: "w.composer",
    from: "live l JOIN core.fact_work w ON w.concert_id = l.concert_id",
  },
} as const
const ORDER = { tickets: "tickets", revenue: "revenue", concerts: "concerts" } as const

const { from, to, venue, artist, city } = CONCERT_FILTERS

export const salesTop = statement({
  name: "sales.top",
  description:
    "Artists, cities or works ranked by tickets, revenue or concerts of a window of concert days. Sales of a concert count for each of its works.",
  params: z.strictObject({
    of: z.enum(["artists", "cities", "works"]).describe("What to rank."),
    by: z
      .enum(["tickets", "revenue", "concerts"])
      .default("tickets")
      .describe("What ranks: tickets and revenue are sold minus refunded."),
    from,
    to,
    venue,
    artist,
    city,
    currency: CURRENCY,
    limit: z.int().min(1).max(100).default(10).describe("Most rows to list."),
  }),
  row: {
    rank: "integer",
    subject: "text",
    name: "text",
    detail: "text?",
    concerts: "integer",
    tickets_sold: "integer",
    revenue_cents: "integer?",
    amounts: "text?",
    currencies: "text?",
  },
  verify: ({ currencies }, { by, currency }) => {
    if (by === "revenue") refuseMixed(currencies, currency)
  },
  bind({ of, by, currency, limit, ...filters }) {
    const { subject, name, detail, from } = SUBJECT[of]
    const concerts = concertConditions(filters)
    const sql = `WITH live AS (
  SELECT c.concert_id, c.artist_id, COALESCE(a.name, c.artist_id) AS artist_name, a.genre AS genre, v.city AS city, v.country AS country, ${TICKETS} AS tickets
  FROM ${LIVE}
  AND ${concerts.sql}
), credit AS (
  SELECT ${subject} AS subject, l.concert_id, MAX(${name}) AS name, MAX(${detail}) AS detail, MAX(l.tickets) AS tickets
  FROM ${from}
  WHERE ${subject} IS NOT NULL
  GROUP BY ${subject}, l.concert_id
), ${earnedFrom("credit", currency)}, tally AS (
  SELECT subject, MAX(name) AS name, MAX(detail) AS detail, COUNT(*) AS concerts, SUM(tickets) AS tickets FROM credit GROUP BY subject
), rated AS (
  SELECT t.subject, t.name, t.detail, t.concerts, t.tickets, ${REVENUE} AS revenue, e.amounts
  FROM tally t LEFT JOIN earned e ON e.subject = t.subject
), ranked AS (
  SELECT r.*, ROW_NUMBER() OVER (ORDER BY r.${ORDER[by]} DESC, r.tickets DESC, r.concerts DESC, r.subject) AS place FROM rated r
)
SELECT CAST(r.place AS BIGINT) AS rank, CAST(r.subject AS VARCHAR(1900)) AS subject, CAST(r.name AS VARCHAR(900)) AS name, CAST(r.detail AS VARCHAR(900)) AS detail,
  CAST(r.concerts AS BIGINT) AS concerts, CAST(r.tickets AS BIGINT) AS tickets_sold, CAST(r.revenue AS BIGINT) AS revenue_cents,
  CAST(r.amounts AS VARCHAR(4000)) AS amounts, CAST(t.currencies AS VARCHAR(900)) AS currencies
FROM ranked r CROSS JOIN taken t
WHERE r.place <= CAST(:most AS INTEGER)
ORDER BY r.place`
    return { sql, values: { ...concerts.values, ...(currency === undefined ? {} : { currency }), most: limit } }
  },
})
