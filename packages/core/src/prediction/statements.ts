import * as z from "zod"
import { LIVE, TICKETS } from "../analytics/filters.ts"
import { statement } from "../analytics/statement.ts"
import { Currency, Id } from "../event/fields.ts"
import type { Columns } from "../warehouse/index.ts"
import { LEADS } from "./snapshot.ts"

/** Where no time is told, an evening in UTC: it only decides which sales were before it. */
const START = "COALESCE(c.starts_at, DATEADD(hour, 20, CAST(c.concert_date AS TIMESTAMP)))"
/** Concerts of one page: so many rows of this width are within the 4.5 MB that a query may answer. */
export const PAGE = 1_000

const Moment = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
/** As the warehouse reads a timestamp, in whole seconds of UTC. */
export const momentOf = (at: number): string => new Date(at).toISOString().slice(0, 19).replace("T", " ")

const NET =
  "CASE WHEN f.event_type = 'ticket.sold' THEN f.quantity WHEN f.event_type = 'ticket.refunded' THEN -f.quantity ELSE 0 END"
const LISTED = "CASE WHEN f.event_type = 'ticket.listed' THEN f.quantity ELSE 0 END"
const before = (days: number): string => `DATEADD(day, -${days}, s.starts_at)`
const each = (sql: (lead: number) => string): string => LEADS.map(sql).join(",\n    ")

/** When an event counts: when it was recorded, or also not before it had arrived. */
const momentIn = (table: string, by: "recorded" | "ingested"): string =>
  by === "recorded"
    ? `${table}.recorded_at`
    : `CASE WHEN ${table}.ingested_at > ${table}.recorded_at THEN ${table}.ingested_at ELSE ${table}.recorded_at END`

type Lead = (typeof LEADS)[number]
const markColumns = Object.fromEntries(
  LEADS.flatMap((lead) => [
    [`sold_${lead}`, "integer"],
    [`week_${lead}`, "integer"],
    [`listed_${lead}`, "integer"],
    [`views_${lead}`, "integer"],
    [`price_${lead}`, "integer?"],
  ]),
) as { [K in `${"sold" | "week" | "listed" | "views"}_${Lead}`]: "integer" } & { [K in `price_${Lead}`]: "integer?" }

/** What models learn from: past concerts that sold tickets, newest first, each as it stood at every lead. Of a lead, only what was recorded until then. */
export const predictionsPast = statement({
  name: "predictions.past",
  description: "Past concerts with sales, views and prices as they stood so many days before.",
  params: z.strictObject({
    until: Moment.describe("Concerts that began by then, UTC."),
    skip: z.int().min(0).max(1_000_000),
    by: z.enum(["recorded", "ingested"]).default("recorded"),
  }),
  row: {
    concert_id: "text",
    artist_id: "text?",
    venue_id: "text",
    concert_date: "date",
    starts_at: "timestamp",
    capacity: "integer?",
    price_cents: "integer?",
    currency: "text?",
    sold: "integer",
    ...markColumns,
  } satisfies Columns,
  bind({ until, skip, by }) {
    const [ticketAt, viewAt, priceAt] = [momentIn("f", by), momentIn("w", by), momentIn("p", by)]
    const sql = `WITH ended AS (
  SELECT c.concert_id, c.artist_id, c.venue_id, c.concert_date, ${START} AS starts_at, COALESCE(c.capacity, v.capacity) AS capacity, c.price_cents, c.currency,
    TIMESTAMP 'epoch' + (c.version / 1000) * INTERVAL '1 second' AS told_at, ROW_NUMBER() OVER (ORDER BY ${START} DESC, c.concert_id) AS place
  FROM core.dim_concert c
  LEFT JOIN core.dim_venue v ON v.venue_id = c.venue_id
  LEFT JOIN core.dim_cancellation x ON x.concert_id = c.concert_id
  WHERE x.concert_id IS NULL AND ${START} <= CAST(:until AS TIMESTAMP)
    AND c.concert_id IN (SELECT f.concert_id FROM core.fact_ticket f WHERE f.event_type = 'ticket.sold')
), chosen AS (
  SELECT e.* FROM ended e WHERE e.place > CAST(:skip AS INTEGER) AND e.place <= CAST(:skip AS INTEGER) + ${PAGE}
), ticket AS (
  SELECT s.concert_id, SUM(CASE WHEN f.recorded_at <= s.starts_at THEN ${NET} ELSE 0 END) AS sold,
    ${each((lead) => `SUM(CASE WHEN ${ticketAt} <= ${before(lead)} THEN ${NET} ELSE 0 END) AS sold_${lead}`)},
    ${each((lead) => `SUM(CASE WHEN ${ticketAt} <= ${before(lead)} AND ${ticketAt} > ${before(lead + 7)} THEN ${NET} ELSE 0 END) AS week_${lead}`)},
    ${each((lead) => `SUM(CASE WHEN ${ticketAt} <= ${before(lead)} THEN ${LISTED} ELSE 0 END) AS listed_${lead}`)}
  FROM chosen s JOIN core.fact_ticket f ON f.concert_id = s.concert_id
  GROUP BY s.concert_id
), viewed AS (
  SELECT s.concert_id,
    ${each((lead) => `SUM(CASE WHEN ${viewAt} <= ${before(lead)} THEN 1 ELSE 0 END) AS views_${lead}`)}
  FROM chosen s JOIN core.fact_view w ON w.concert_id = s.concert_id
  GROUP BY s.concert_id
), price AS (
  SELECT p.concert_id, p.price_cents, ${priceAt} AS since, LEAD(${priceAt}) OVER (PARTITION BY p.concert_id ORDER BY ${priceAt}, p.event_id) AS until
  FROM core.fact_price p
), priced AS (
  SELECT s.concert_id,
    ${each((lead) => `MAX(CASE WHEN q.since <= ${before(lead)} AND (q.until IS NULL OR q.until > ${before(lead)}) THEN q.price_cents ELSE NULL END) AS price_${lead}`)}
  FROM chosen s JOIN price q ON q.concert_id = s.concert_id
  GROUP BY s.concert_id
)
SELECT CAST(s.concert_id AS VARCHAR(64)) AS concert_id, CAST(s.artist_id AS VARCHAR(64)) AS artist_id, CAST(s.venue_id AS VARCHAR(64)) AS venue_id,
  CAST(s.concert_date AS DATE) AS concert_date, CAST(s.starts_at AS TIMESTAMP) AS starts_at, CAST(s.capacity AS INTEGER) AS capacity,
  CAST(s.price_cents AS BIGINT) AS price_cents, CAST(s.currency AS VARCHAR(3)) AS currency, CAST(t.sold AS BIGINT) AS sold,
    ${each((lead) => `CAST(t.sold_${lead} AS BIGINT) AS sold_${lead}, CAST(t.week_${lead} AS BIGINT) AS week_${lead}, CAST(t.listed_${lead} AS BIGINT) AS listed_${lead}`)},
    ${each((lead) => `CAST(COALESCE(w.views_${lead}, 0) AS BIGINT) AS views_${lead}`)},
    ${each((lead) => `CAST(COALESCE(q.price_${lead}, CASE WHEN s.told_at <= ${before(lead)} THEN s.price_cents ELSE NULL END) AS BIGINT) AS price_${lead}`)}
FROM chosen s
JOIN ticket t ON t.concert_id = s.concert_id
LEFT JOIN viewed w ON w.concert_id = s.concert_id
LEFT JOIN priced q ON q.concert_id = s.concert_id
ORDER BY s.place`
    return { sql, values: { until, skip } }
  },
})

/** Past concerts of which models know how much they sold; the same means as in training, of what is over now. */
export const predictionsRecords = statement({
  name: "predictions.records",
  description: "What an artist and a venue sold in the past, against what is usual.",
  params: z.strictObject({ artistId: Id.optional(), venueId: Id, currency: Currency.optional(), until: Moment }),
  row: {
    artist_concerts: "integer",
    artist_pull: "number?",
    artist_price: "number?",
    venue_concerts: "integer",
    venue_pull: "number?",
    usual_currency: "text?",
  },
  bind({ artistId, venueId, currency, until }) {
    const sql = `WITH past AS (
  SELECT c.artist_id, c.venue_id, c.currency, LN(CAST(1 + ${TICKETS} AS FLOAT8)) AS sold, LN(CAST(1 + c.price_cents AS FLOAT8)) AS price
  FROM ${LIVE}
  AND ${START} <= CAST(:until AS TIMESTAMP) AND ${TICKETS} > 0 AND (COALESCE(g.listed, 0) > 0 OR COALESCE(c.capacity, v.capacity) IS NOT NULL)
), usual AS (
  SELECT AVG(CAST(p.sold AS FLOAT8)) AS sold FROM past p
), hall AS (
  SELECT p.venue_id, COUNT(*) AS concerts, AVG(CAST(p.sold AS FLOAT8)) AS sold, MAX(p.currency) AS currency FROM past p GROUP BY p.venue_id
), own AS (
  SELECT COUNT(*) AS concerts, AVG(CAST(p.sold - u.sold - CAST(h.concerts AS FLOAT8) / NULLIF(h.concerts + 1, 0) * (h.sold - u.sold) AS FLOAT8)) AS pull,
    AVG(CAST(${currency === undefined ? "NULL" : "CASE WHEN p.currency = :currency THEN p.price ELSE NULL END"} AS FLOAT8)) AS price
  FROM past p JOIN hall h ON h.venue_id = p.venue_id CROSS JOIN usual u
  WHERE ${artistId === undefined ? "1 = 0" : "p.artist_id = :artist_id"}
)
SELECT CAST(o.concerts AS BIGINT) AS artist_concerts, CAST(o.pull AS FLOAT8) AS artist_pull, CAST(o.price AS FLOAT8) AS artist_price,
  CAST(COALESCE(h.concerts, 0) AS BIGINT) AS venue_concerts, CAST(h.sold AS FLOAT8) AS venue_pull, CAST(h.currency AS VARCHAR(3)) AS usual_currency
FROM own o LEFT JOIN hall h ON h.venue_id = :venue_id`
    const values = {
      until,
      venue_id: venueId,
      ...(artistId === undefined ? {} : { artist_id: artistId }),
      ...(currency === undefined ? {} : { currency }),
    }
    return { sql, values }
  },
})

/** How a concert stands: sales of the last days by the venue's calendar, everything else until the last load. */
export const predictionsStanding = statement({
  name: "predictions.standing",
  description: "Tickets listed and sold lately, views and the price of one concert.",
  params: z.strictObject({ concertId: Id, since: z.iso.date() }),
  row: { listed: "integer", week: "integer", views: "integer", price_cents: "integer?" },
  bind: ({ concertId, since }) => ({
    sql: `WITH week AS (
  SELECT SUM(l.sold - l.refunded) AS sold FROM core.agg_sale l WHERE l.concert_id = :concert_id AND l.sale_day > CAST(:since AS DATE)
), viewed AS (
  SELECT COUNT(*) AS views FROM core.fact_view w WHERE w.concert_id = :concert_id
), price AS (
  SELECT p.price_cents, ROW_NUMBER() OVER (ORDER BY p.recorded_at DESC, p.event_id DESC) AS place FROM core.fact_price p WHERE p.concert_id = :concert_id
), offered AS (
  SELECT SUM(g.listed) AS listed FROM core.agg_concert g WHERE g.concert_id = :concert_id
)
SELECT CAST(COALESCE(o.listed, 0) AS BIGINT) AS listed, CAST(COALESCE(k.sold, 0) AS BIGINT) AS week, CAST(w.views AS BIGINT) AS views,
  CAST(p.price_cents AS BIGINT) AS price_cents
FROM offered o CROSS JOIN week k CROSS JOIN viewed w LEFT JOIN price p ON p.place = 1`,
    values: { concert_id: concertId, since },
  }),
})
