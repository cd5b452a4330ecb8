import { TICKETS } from "../filters.ts"

/** What is read of a concert; `starts_at` is epoch milliseconds. */
export const CONCERT_ROW = {
  concert_id: "text",
  title: "text",
  concert_date: "date",
  concert_time: "text?",
  time_zone: "text?",
  starts_at: "integer?",
  venue_id: "text",
  venue: "text?",
  city: "text?",
  artist_id: "text?",
  artist: "text?",
  season: "text?",
  category: "text?",
  capacity: "integer?",
  price_cents: "integer?",
  currency: "text?",
  tickets_sold: "integer",
} as const

/** The same as a select list over LIVE. */
export const CONCERT_COLUMNS = `CAST(c.concert_id AS VARCHAR(64)) AS concert_id, CAST(c.title AS VARCHAR(900)) AS title, CAST(c.concert_date AS DATE) AS concert_date,
  CAST(c.concert_time AS VARCHAR(5)) AS concert_time, CAST(COALESCE(c.time_zone, v.time_zone) AS VARCHAR(64)) AS time_zone, CAST(c.starts_at_ms AS BIGINT) AS starts_at,
  CAST(c.venue_id AS VARCHAR(64)) AS venue_id, CAST(v.name AS VARCHAR(900)) AS venue, CAST(v.city AS VARCHAR(900)) AS city,
  CAST(c.artist_id AS VARCHAR(64)) AS artist_id, CAST(a.name AS VARCHAR(900)) AS artist, CAST(c.season AS VARCHAR(900)) AS season,
  CAST(c.category AS VARCHAR(900)) AS category, CAST(COALESCE(c.capacity, v.capacity) AS INTEGER) AS capacity, CAST(c.price_cents AS BIGINT) AS price_cents,
  CAST(c.currency AS VARCHAR(3)) AS currency, CAST(${TICKETS} AS BIGINT) AS tickets_sold`
