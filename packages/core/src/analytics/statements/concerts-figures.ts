import * as z from "zod"
import { Id } from "../../event/fields.ts"
import { LIVE } from "../filters.ts"
import { earnedFrom } from "../money.ts"
import { statement } from "../statement.ts"

const params = z.strictObject({ concertId: Id.describe("The concert's id, as the producer chose it.") })
/** The venue's calendar; UTC where no zone is known. */
const zone = "COALESCE(c.time_zone, v.time_zone, 'UTC')"

export const concertsFigures = statement({
  name: "concerts.figures",
  description: "Tickets listed, sold, refunded and scanned of one concert, and what was taken per currency.",
  params,
  row: {
    title: "text",
    capacity: "integer?",
    time_zone: "text",
    listed: "integer",
    sold: "integer",
    refunded: "integer",
    scanned: "integer",
    amounts: "text?",
  },
  bind: ({ concertId }) => ({
    sql: `WITH live AS (
  SELECT c.concert_id AS subject, c.concert_id, c.title, COALESCE(c.capacity, v.capacity) AS capacity, ${zone} AS time_zone,
    COALESCE(g.listed, 0) AS listed, COALESCE(g.sold, 0) AS sold, COALESCE(g.refunded, 0) AS refunded, COALESCE(g.scanned, 0) AS scanned
  FROM ${LIVE}
  AND c.concert_id = :concert_id
), ${earnedFrom("live", undefined)}
SELECT CAST(l.title AS VARCHAR(900)) AS title, CAST(l.capacity AS INTEGER) AS capacity, CAST(l.time_zone AS VARCHAR(64)) AS time_zone,
  CAST(l.listed AS BIGINT) AS listed, CAST(l.sold AS BIGINT) AS sold, CAST(l.refunded AS BIGINT) AS refunded, CAST(l.scanned AS BIGINT) AS scanned,
  CAST(e.amounts AS VARCHAR(4000)) AS amounts
FROM live l LEFT JOIN earned e ON e.subject = l.subject`,
    values: { concert_id: concertId },
  }),
})

export const concertsPrices = statement({
  name: "concerts.prices",
  description: "What a ticket of one concert cost from when on, oldest first.",
  params,
  row: { at_time: "timestamp", price_cents: "integer", currency: "text" },
  bind: ({ concertId }) => ({
    sql: `SELECT CAST(p.recorded_at AS TIMESTAMP) AS at_time, CAST(p.price_cents AS BIGINT) AS price_cents, CAST(p.currency AS VARCHAR(3)) AS currency
FROM core.fact_price p
WHERE p.concert_id = :concert_id
ORDER BY p.recorded_at, p.event_id`,
    values: { concert_id: concertId },
  }),
})

export const concertsViews = statement({
  name: "concerts.views",
  description: "How often one concert's page was looked at per day of the venue's calendar, and by how many who are known.",
  params,
  row: { day: "date", views: "integer", viewers: "integer" },
  bind: ({ concertId }) => ({
    sql: `WITH looked AS (
  SELECT CAST(CONVERT_TIMEZONE(${zone}, f.recorded_at) AS DATE) AS day, f.viewer_id
  FROM core.fact_view f
  LEFT JOIN core.dim_concert c ON c.concert_id = f.concert_id
  LEFT JOIN core.dim_venue v ON v.venue_id = c.venue_id
  WHERE f.concert_id = :concert_id
)
SELECT CAST(day AS DATE) AS day, CAST(COUNT(*) AS BIGINT) AS views, CAST(COUNT(DISTINCT viewer_id) AS BIGINT) AS viewers
FROM looked
GROUP BY day
ORDER BY day`,
    values: { concert_id: concertId },
  }),
})
