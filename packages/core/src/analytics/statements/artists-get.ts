import * as z from "zod"
import { Id } from "../../event/fields.ts"
import { LIVE, TICKETS } from "../filters.ts"
import { earnedFrom, REVENUE } from "../money.ts"
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
    revenue_cents: "integer?",
    amounts: "text?",
  },
  bind: ({ artistId }) => ({
    sql: `WITH live AS (
  SELECT c.artist_id AS subject, c.concert_id, c.concert_date, ${TICKETS} AS tickets
  FROM ${LIVE}
  AND c.artist_id = :artist_id
), ${earnedFrom("live", undefined)}, record AS (
  SELECT COUNT(*) AS concerts, MIN(concert_date) AS first_date, MAX(concert_date) AS last_date, COALESCE(SUM(tickets), 0) AS tickets FROM live
)
SELECT CAST(d.artist_id AS VARCHAR(64)) AS artist_id, CAST(d.name AS VARCHAR(900)) AS name, CAST(d.kind AS VARCHAR(16)) AS kind, CAST(d.genre AS VARCHAR(900)) AS genre,
  CAST(l.concerts AS BIGINT) AS concerts, CAST(l.first_date AS DATE) AS first_date, CAST(l.last_date AS DATE) AS last_date,
  CAST(l.tickets AS BIGINT) AS tickets_sold, CAST(${REVENUE} AS BIGINT) AS revenue_cents, CAST(e.amounts AS VARCHAR(4000)) AS amounts
FROM core.dim_artist d CROSS JOIN record l LEFT JOIN earned e ON e.subject = d.artist_id
WHERE d.artist_id = :artist_id`,
    values: { artist_id: artistId },
  }),
})
