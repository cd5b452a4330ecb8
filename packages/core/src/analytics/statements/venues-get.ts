import * as z from "zod"
import { Id } from "../../event/fields.ts"
import { LIVE, TICKETS } from "../filters.ts"
import { earnedFrom, REVENUE } from "../money.ts"
import { statement } from "../statement.ts"

export const venuesGet = statement({
  name: "venues.get",
  description: "One venue by id, with what took or takes place there.",
  params: z.strictObject({ venueId: Id.describe("The venue's id, as the producer chose it.") }),
  row: {
    venue_id: "text",
    name: "text",
    city: "text?",
    country: "text?",
    capacity: "integer?",
    time_zone: "text?",
    concerts: "integer",
    first_date: "date?",
    last_date: "date?",
    tickets_sold: "integer",
    revenue_cents: "integer?",
    amounts: "text?",
  },
  bind: ({ venueId }) => ({
    sql: `WITH live AS (
  SELECT c.venue_id AS subject, c.concert_id, c.concert_date, ${TICKETS} AS tickets
  FROM ${LIVE}
  AND c.venue_id = :venue_id
), ${earnedFrom("live", undefined)}, record AS (
  SELECT COUNT(*) AS concerts, MIN(concert_date) AS first_date, MAX(concert_date) AS last_date, COALESCE(SUM(tickets), 0) AS tickets FROM live
)
SELECT CAST(d.venue_id AS VARCHAR(64)) AS venue_id, CAST(d.name AS VARCHAR(900)) AS name, CAST(d.city AS VARCHAR(900)) AS city, CAST(d.country AS VARCHAR(900)) AS country,
  CAST(d.capacity AS INTEGER) AS capacity, CAST(d.time_zone AS VARCHAR(64)) AS time_zone,
  CAST(l.concerts AS BIGINT) AS concerts, CAST(l.first_date AS DATE) AS first_date, CAST(l.last_date AS DATE) AS last_date,
  CAST(l.tickets AS BIGINT) AS tickets_sold, CAST(${REVENUE} AS BIGINT) AS revenue_cents, CAST(e.amounts AS VARCHAR(4000)) AS amounts
FROM core.dim_venue d CROSS JOIN record l LEFT JOIN earned e ON e.subject = d.venue_id
WHERE d.venue_id = :venue_id`,
    values: { venue_id: venueId },
  }),
})
