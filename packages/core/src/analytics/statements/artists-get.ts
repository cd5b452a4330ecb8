import * as z from "zod"
import { Id } from "../../event/fields.ts"
import { LIVE, REVENUE, TICKETS } from "../filters.ts"
import { statement } from "../statement.ts"

export const artistsGet = statement({
  name: "artists.get",
  description: "One artist or ensemble by id, with what was played so far.",
  params: z.strictObject({ artistId: Id.describe("The artist's id, as the producer chose it.") }),
  row: {
    artist_id: "text",
    name: "text",
    kind: "text?",
    genre: "text?",
    concerts: "integer",
    first_date: "date?",
    last_date: "date?",
    tickets_sold: "integer",
    revenue_cents: "integer",
  },
  bind: ({ artistId }) => ({
    sql: `WITH live AS (
  SELECT COUNT(*) AS concerts, MIN(c.concert_date) AS first_date, MAX(c.concert_date) AS last_date, COALESCE(SUM(${TICKETS}), 0) AS tickets, COALESCE(SUM(${REVENUE}), 0) AS revenue
  FROM ${LIVE}
  AND c.artist_id = :artist_id
)
SELECT CAST(d.artist_id AS VARCHAR(64)) AS artist_id, CAST(d.name AS VARCHAR(900)) AS name, CAST(d.kind AS VARCHAR(16)) AS kind, CAST(d.genre AS VARCHAR(900)) AS genre,
  CAST(l.concerts AS BIGINT) AS concerts, CAST(l.first_date AS DATE) AS first_date, CAST(l.last_date AS DATE) AS last_date,
  CAST(l.tickets AS BIGINT) AS tickets_sold, CAST(l.revenue AS BIGINT) AS revenue_cents
FROM core.dim_artist d CROSS JOIN live l
WHERE d.artist_id = :artist_id`,
    values: { artist_id: artistId },
  }),
})
