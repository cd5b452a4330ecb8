import * as z from "zod"
import { Day } from "../../event/fields.ts"
import { concertConditions, FILTERS, LIVE } from "../filters.ts"
import { type Conditions, statement } from "../statement.ts"
import { CONCERT_COLUMNS, CONCERT_ROW } from "./concert-row.ts"
import { Key, Text } from "../../text.ts"

const MOST_WORDS = 6
const has = (column: string, parameter: string): string => `STRPOS(LOWER(${column}), LOWER(:${parameter})) > 0`

/** Every word somewhere: in the concert's title, place or artist, or in the names of what was played. */
function addWords(conditions: Conditions, text: string | undefined): void {
  const words = (text ?? "").split(/\s+/).filter(Boolean).slice(0, MOST_WORDS)
  for (const [index, word] of words.entries()) {
    const name = `q_${index + 1}`
    const anywhere = [
      ...["c.title", "v.name", "v.city", "a.name", "c.season"].map((column) => has(column, name)),
      `c.concert_id IN (SELECT w.concert_id FROM core.fact_work w WHERE ${["w.composer", "w.title", "w.conductor"].map((column) => has(column, name)).join(" OR ")})`,
      `c.concert_id IN (SELECT s.concert_id FROM core.fact_soloist s WHERE ${has("s.name", name)})`,
    ]
    conditions.add(`(${anywhere.join("\n    OR ")})`, { [name]: word })
  }
}

/** Ties of a day are in the order of their ids, whichever end comes first. */
const ORDER = {
  first: { sql: "c.concert_date, c.concert_id", beyond: ">" },
  last: { sql: "c.concert_date DESC, c.concert_id", beyond: "<" },
} as const

export const concertsSearch = statement({
  name: "concerts.search",
  description: "Concerts (cancelled ones are left out) by day, place, artist, season and by what was played, ordered by date.",
  params: z.strictObject({
    ...FILTERS,
    on: Day.optional().describe("Exactly this calendar day (YYYY-MM-DD) at the venue."),
    q: Text({ max: 200 })
      .optional()
      .describe("Words that all occur somewhere in title, venue, city, artist, season, composers, works, conductors, soloists."),
    order: z.enum(["first", "last"]).default("first").describe("first: oldest first; last: newest first."),
    limit: z.int().min(1).max(101).default(25).describe("Most concerts to list."),
    after: z
      .strictObject({ date: Day, concertId: Key(64) })
      .optional()
      .describe("Last concert of the page before, to go on after it."),
  }),
  row: CONCERT_ROW,
  bind({ q, order, limit, after, ...filters }) {
    const conditions = concertConditions(filters)
    addWords(conditions, q)
    const { sql: by, beyond } = ORDER[order]
    conditions.add(
      `(c.concert_date ${beyond} CAST(:after_date AS DATE) OR (c.concert_date = CAST(:after_date AS DATE) AND c.concert_id > :after_id))`,
      { after_date: after?.date, after_id: after?.concertId },
    )
    const sql = `WITH found AS (
  SELECT c.concert_id, ROW_NUMBER() OVER (ORDER BY ${by}) AS place
  FROM ${LIVE}
  AND ${conditions.sql}
)
SELECT ${CONCERT_COLUMNS}
FROM found f
JOIN core.dim_concert c ON c.concert_id = f.concert_id
LEFT JOIN core.dim_venue v ON v.venue_id = c.venue_id
LEFT JOIN core.dim_artist a ON a.artist_id = c.artist_id
LEFT JOIN core.agg_concert g ON g.concert_id = c.concert_id
WHERE f.place <= CAST(:most AS INTEGER)
ORDER BY f.place`
    return { sql, values: { ...conditions.values, most: limit } }
  },
})
