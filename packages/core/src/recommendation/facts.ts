import { LIVE, TICKETS } from "../analytics/filters.ts"
import { fold } from "../analytics/fold.ts"
import { type Columns, type Parameters, query, type RowOf } from "../warehouse/index.ts"
import type { Touch } from "./weights.ts"

/** The Data API's rows in one go; and how many times, which bounds a training: 200,000 deeds, 5,000 concerts. */
const PAGE = 5_000
const MOST_PAGES = 40
/** What is older says nothing about a taste any more. */
const DEEDS_DAYS = 1_095

/** Upcoming concerts that were not cancelled, soonest first, with what sold lately: a sale counts half after two weeks. */
const CONCERTS = `WITH lately AS (
  SELECT concert_id, SUM(CAST(sold - refunded AS FLOAT8) * POWER(0.5, CAST(DATEDIFF(day, sale_day, CAST(:today AS DATE)) AS FLOAT8) / 14)) AS popularity
  FROM core.agg_sale
  WHERE sale_day <= CAST(:today AS DATE)
  GROUP BY concert_id
), live AS (
  SELECT c.concert_id, c.title, c.concert_date, c.starts_at_ms, c.artist_id, a.name AS artist, c.venue_id, v.name AS venue, v.city,
    ${TICKETS} AS sold, COALESCE(g.listed, 0) AS listed, COALESCE(c.capacity, v.capacity) AS capacity,
    ROW_NUMBER() OVER (ORDER BY c.concert_date, c.concert_id) AS place
  FROM ${LIVE}
  AND c.concert_date >= CAST(:today AS DATE)
)
SELECT CAST(e.concert_id AS VARCHAR(64)) AS concert_id, CAST(e.title AS VARCHAR(900)) AS title, CAST(e.concert_date AS DATE) AS concert_date,
  CAST(e.starts_at_ms AS BIGINT) AS starts_at, CAST(e.artist_id AS VARCHAR(64)) AS artist_id, CAST(e.artist AS VARCHAR(900)) AS artist,
  CAST(e.venue_id AS VARCHAR(64)) AS venue_id, CAST(e.venue AS VARCHAR(900)) AS venue, CAST(e.city AS VARCHAR(900)) AS city,
  CAST(CASE WHEN e.listed > 0 THEN e.listed - e.sold ELSE COALESCE(e.capacity, 1) - e.sold END AS BIGINT) AS seats_left,
  CAST(COALESCE(l.popularity, 0) AS FLOAT8) AS popularity
FROM live e LEFT JOIN lately l ON l.concert_id = e.concert_id
WHERE e.place <= ${PAGE}
ORDER BY e.place`

const CONCERT_ROW = {
  concert_id: "text",
  title: "text",
  concert_date: "date",
  starts_at: "integer?",
  artist_id: "text?",
  artist: "text?",
  venue_id: "text",
  venue: "text?",
  city: "text?",
  seats_left: "integer",
  popularity: "number",
} as const

/** What people did about artists: the deeds of each in each city, whole people only as long as a page holds them. */
const TOUCHES = `WITH deed AS (
  SELECT t.buyer_id AS person_id, c.artist_id, v.city, CASE WHEN t.event_type = 'ticket.sold' THEN 1 ELSE -1 END AS bought, 0 AS viewed,
    0 AS following, t.recorded_at
  FROM core.fact_ticket t JOIN core.dim_concert c ON c.concert_id = t.concert_id LEFT JOIN core.dim_venue v ON v.venue_id = c.venue_id
  WHERE t.event_type IN ('ticket.sold', 'ticket.refunded') AND t.buyer_id > :after AND t.recorded_at >= CAST(:since AS TIMESTAMP)
  UNION ALL
  SELECT w.viewer_id AS person_id, c.artist_id, v.city, 0 AS bought, 1 AS viewed, 0 AS following, w.recorded_at
  FROM core.fact_view w JOIN core.dim_concert c ON c.concert_id = w.concert_id LEFT JOIN core.dim_venue v ON v.venue_id = c.venue_id
  WHERE w.viewer_id > :after AND w.recorded_at >= CAST(:since AS TIMESTAMP)
  UNION ALL
  SELECT f.follower_id AS person_id, f.artist_id, NULL AS city, 0 AS bought, 0 AS viewed, CASE WHEN f.following THEN 1 ELSE 0 END AS following, f.recorded_at
  FROM (
    SELECT follower_id, artist_id, following, recorded_at,
      ROW_NUMBER() OVER (PARTITION BY follower_id, artist_id ORDER BY recorded_at DESC, event_id DESC) AS newest
    FROM core.fact_follow
    WHERE follower_id > :after
  ) f
  WHERE f.newest = 1
), summed AS (
  SELECT person_id, artist_id, city, SUM(bought) AS bought, SUM(viewed) AS viewed, MAX(following) AS following, MAX(recorded_at) AS last_at
  FROM deed
  WHERE artist_id IS NOT NULL
  GROUP BY person_id, artist_id, city
), placed AS (
  SELECT s.*, ROW_NUMBER() OVER (ORDER BY s.person_id, s.artist_id, s.city) AS place FROM summed s
)
SELECT CAST(person_id AS VARCHAR(64)) AS person_id, CAST(artist_id AS VARCHAR(64)) AS artist_id, CAST(city AS VARCHAR(900)) AS city,
  CAST(bought AS BIGINT) AS bought, CAST(viewed AS BIGINT) AS viewed, CAST(following AS BIGINT) AS following, CAST(last_at AS TIMESTAMP) AS last_at
FROM placed
WHERE place <= ${PAGE}
ORDER BY place`

const TOUCH_ROW = {
  person_id: "text",
  artist_id: "text",
  city: "text?",
  bought: "integer",
  viewed: "integer",
  following: "integer",
  last_at: "timestamp",
} as const

/** Who has tickets for what is still to come. */
const OWNED = `WITH owned AS (
  SELECT t.buyer_id AS person_id, t.concert_id, ROW_NUMBER() OVER (ORDER BY t.buyer_id, t.concert_id) AS place
  FROM core.fact_ticket t JOIN core.dim_concert c ON c.concert_id = t.concert_id
  WHERE t.buyer_id > :after AND t.event_type IN ('ticket.sold', 'ticket.refunded') AND c.concert_date >= CAST(:today AS DATE)
  GROUP BY t.buyer_id, t.concert_id
  HAVING SUM(CASE WHEN t.event_type = 'ticket.sold' THEN 1 ELSE -1 END) > 0
)
SELECT CAST(person_id AS VARCHAR(64)) AS person_id, CAST(concert_id AS VARCHAR(64)) AS concert_id
FROM owned
WHERE place <= ${PAGE}
ORDER BY place`

const OWNED_ROW = { person_id: "text", concert_id: "text" } as const

const ARTISTS = `WITH named AS (
  SELECT artist_id, name, genre, ROW_NUMBER() OVER (ORDER BY artist_id) AS place FROM core.dim_artist WHERE artist_id > :after
)
SELECT CAST(artist_id AS VARCHAR(64)) AS artist_id, CAST(name AS VARCHAR(900)) AS name, CAST(genre AS VARCHAR(900)) AS genre
FROM named
WHERE place <= ${PAGE}
ORDER BY place`

const ARTIST_ROW = { artist_id: "text", name: "text", genre: "text?" } as const

/** Every question of a training, with values as they are asked: tests lint and run them. */
export const QUESTIONS = [
  { name: "training.concerts", sql: CONCERTS, row: CONCERT_ROW, values: { today: "2024-05-01" } },
  { name: "training.touches", sql: TOUCHES, row: TOUCH_ROW, values: { after: "!", since: "2024-05-01" } },
  { name: "training.owned", sql: OWNED, row: OWNED_ROW, values: { after: "!", today: "2024-05-01" } },
  { name: "training.artists", sql: ARTISTS, row: ARTIST_ROW, values: { after: "!" } },
] as const

export type ConcertRow = RowOf<typeof CONCERT_ROW>

export interface Facts {
  concerts: ConcertRow[]
  touches: Touch[]
  owned: Map<string, string[]>
  artists: Map<string, { name: string; genre: string | undefined }>
  /** Whether there was more than a training reads. */
  truncated: boolean
}

/** Comes before every id: ids have no blanks. */
const FIRST = " "

/** All rows, page after page of whole keys; a key with more rows than a page is cut there. */
async function all<C extends Columns>(
  [name, sql, row]: [string, string, C],
  values: Parameters,
  keyOf: (row: RowOf<C>) => string,
): Promise<{ rows: RowOf<C>[]; truncated: boolean }> {
  const rows: RowOf<C>[] = []
  let after = FIRST
  for (let page = 0; page < MOST_PAGES; page++) {
    const { rows: found, truncated } = await query(sql, { ...values, after }, row, { name, maxRows: PAGE })
    if (!truncated && found.length < PAGE) return { rows: [...rows, ...found], truncated: false }
    const last = keyOf(found.at(-1)!)
    const whole = found.filter((each) => keyOf(each) !== last)
    const taken = whole.length > 0 ? whole : found
    for (const each of taken) rows.push(each)
    after = keyOf(taken.at(-1)!)
  }
  return { rows, truncated: true }
}

function byPerson(rows: readonly RowOf<typeof OWNED_ROW>[]): Map<string, string[]> {
  const concerts = new Map<string, string[]>()
  for (const { person_id, concert_id } of rows) concerts.set(person_id, [...(concerts.get(person_id) ?? []), concert_id])
  return concerts
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** What a training learns from, bounded. Wakes the warehouse. */
export async function readFacts(now: number): Promise<Facts> {
  const today = dayOf(now)
  const since = dayOf(now - DEEDS_DAYS * 86_400_000)
  const person = ({ person_id }: { person_id: string }) => person_id
  const concerts = await query(CONCERTS, { today }, CONCERT_ROW, { name: "training.concerts", maxRows: PAGE })
  const touches = await all(["training.touches", TOUCHES, TOUCH_ROW], { since }, person)
  const owned = await all(["training.owned", OWNED, OWNED_ROW], { today }, person)
  const artists = await all(["training.artists", ARTISTS, ARTIST_ROW], {}, ({ artist_id }) => artist_id)
  return {
    concerts: concerts.rows,
    touches: touches.rows.map((row) => ({
      person: row.person_id,
      artist: row.artist_id,
      city: row.city === null ? "" : fold(row.city),
      bought: row.bought,
      following: row.following > 0,
      viewed: row.viewed,
      at: row.last_at,
    })),
    owned: byPerson(owned.rows),
    artists: new Map(artists.rows.map(({ artist_id, name, genre }) => [artist_id, { name, genre: genre ?? undefined }])),
    truncated: concerts.rows.length === PAGE || touches.truncated || owned.truncated || artists.truncated,
  }
}
