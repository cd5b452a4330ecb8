import * as z from "zod"
import { concertConditions, FILTERS, LIVE, workConditions } from "../filters.ts"
import { statement } from "../statement.ts"

const { composer, work, conductor, soloist, venue, city, from, to, artist, season } = FILTERS

export const performancesHistory = statement({
  name: "performances.history",
  description:
    "How often something was performed, and when and where first and last. Always one row; dates are null where nothing matches.",
  params: z.strictObject({ composer, work, conductor, soloist, venue, city, from, to, artist, season }),
  row: {
    concerts: "integer",
    performances: "integer",
    first_date: "date?",
    first_venue: "text?",
    last_date: "date?",
    last_venue: "text?",
  },
  bind(filters) {
    const concerts = concertConditions(filters)
    const works = workConditions(filters)
    const sql = `WITH live AS (
  SELECT c.concert_id, c.concert_date, COALESCE(v.name, c.venue_id) AS venue_name
  FROM ${LIVE}
  AND ${concerts.sql}
), placed AS (
  SELECT l.concert_date, l.venue_name, ROW_NUMBER() OVER (ORDER BY l.concert_date, l.concert_id) AS from_first,
    ROW_NUMBER() OVER (ORDER BY l.concert_date DESC, l.concert_id) AS from_last
  FROM live l
), performed AS (
  SELECT DISTINCT w.concert_id, w.work_id FROM live l JOIN core.fact_work w ON w.concert_id = l.concert_id
  WHERE ${works.sql}
), performances AS (
  SELECT COUNT(*) AS n FROM performed
)
SELECT CAST(COUNT(*) AS BIGINT) AS concerts, CAST((SELECT n FROM performances) AS BIGINT) AS performances,
  CAST(MIN(concert_date) AS DATE) AS first_date, CAST(MAX(CASE WHEN from_first = 1 THEN venue_name ELSE NULL END) AS VARCHAR(900)) AS first_venue,
  CAST(MAX(concert_date) AS DATE) AS last_date, CAST(MAX(CASE WHEN from_last = 1 THEN venue_name ELSE NULL END) AS VARCHAR(900)) AS last_venue
FROM placed`
    return { sql, values: concerts.values }
  },
})
