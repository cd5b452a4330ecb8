import * as z from "zod"
import { CONDUCTOR, EACH_CONDUCTOR } from "../conductors.ts"
import { concertConditions, FILTERS, LIVE, workConditions } from "../filters.ts"
import { statement } from "../statement.ts"

const OF = ["composer", "work", "conductor", "soloist", "venue", "city", "season", "artist"] as const
type Of = (typeof OF)[number]

/** What a row stands for: its identity, its name, and what tells two of the same name apart. */
interface Subject {
  key: string
  name: string
  detail?: string
  /** The table it comes from: works, the soloists in them, or the concert itself. */
  from: "work" | "conductor" | "soloist" | "concert"
  order: "performances" | "concerts"
}

const SUBJECT: Readonly<Record<Of, Subject>> = {
  composer: { key: "w.composer", name: "w.composer", from: "work", order: "performances" },
  work: { key: "w.title", name: "w.title", detail: "w.composer", from: "work", order: "performances" },
  conductor: { key: CONDUCTOR, name: CONDUCTOR, from: "conductor", order: "concerts" },
  soloist: { key: "p.name", name: "p.name", from: "soloist", order: "concerts" },
  venue: { key: "l.venue_id", name: "l.venue_name", detail: "l.city", from: "concert", order: "concerts" },
  city: { key: "l.city", name: "l.city", from: "concert", order: "concerts" },
  season: { key: "l.season", name: "l.season", from: "concert", order: "concerts" },
  artist: { key: "l.artist_id", name: "l.artist_name", from: "concert", order: "concerts" },
}

/** A concert whose works are not known still counts for its venue, with no performances. */
const SOURCE = {
  work: "live l JOIN works w ON w.concert_id = l.concert_id",
  conductor: `live l JOIN works w ON w.concert_id = l.concert_id ${EACH_CONDUCTOR}`,
  soloist: "live l JOIN works w ON w.concert_id = l.concert_id JOIN core.fact_soloist p ON p.work_event_id = w.event_id",
  concert: "live l LEFT JOIN works w ON w.concert_id = l.concert_id",
} as const

const NOTHING = "CAST(NULL AS VARCHAR(900))"

export const performancesTop = statement({
  name: "performances.top",
  description:
    "Which composers, works, conductors, soloists, venues, cities, seasons or artists come first: composers and works by performances, all others by concerts. " +
    "`detail` is the composer of a work and the city of a venue.",
  params: z.strictObject({
    of: z.enum(OF).describe("What to rank."),
    ...FILTERS,
    by: z
      .enum(["concerts", "performances"])
      .optional()
      .describe(
        "What ranks: distinct concerts, or distinct works per concert. Default: performances for composer and work, else concerts.",
      ),
    limit: z.int().min(1).max(100).default(10).describe("Most rows to list."),
  }),
  row: { rank: "integer", name: "text", detail: "text?", concerts: "integer", performances: "integer" },
  bind({ of, by, limit, ...filters }) {
    const { key, name, detail, from, order: usual } = SUBJECT[of]
    const order = by ?? usual
    const concerts = concertConditions(filters)
    const works = workConditions(filters)
    const sql = `WITH live AS (
  SELECT c.concert_id, c.venue_id, COALESCE(v.name, c.venue_id) AS venue_name, v.city AS city, c.season AS season, c.artist_id,
    COALESCE(a.name, c.artist_id) AS artist_name
  FROM ${LIVE}
  AND ${concerts.sql}
), works AS (
  SELECT w.event_id, w.concert_id, w.work_id, w.composer, w.title, w.conductor FROM core.fact_work w WHERE ${works.sql}
), credit AS (
  SELECT DISTINCT ${key} AS subject, ${name} AS name, ${detail ?? NOTHING} AS detail, l.concert_id, w.work_id
  FROM ${SOURCE[from]}
  WHERE ${key} IS NOT NULL
), tally AS (
  SELECT subject, name, detail, COUNT(DISTINCT concert_id) AS concerts, COUNT(work_id) AS performances FROM credit GROUP BY subject, name, detail
), ranked AS (
  SELECT t.*, ROW_NUMBER() OVER (ORDER BY t.${order} DESC, t.${order === "concerts" ? "performances" : "concerts"} DESC, t.name, COALESCE(t.detail, ''), t.subject) AS place
  FROM tally t
)
SELECT CAST(place AS BIGINT) AS rank, CAST(name AS VARCHAR(900)) AS name, CAST(detail AS VARCHAR(900)) AS detail,
  CAST(concerts AS BIGINT) AS concerts, CAST(performances AS BIGINT) AS performances
FROM ranked
WHERE place <= CAST(:most AS INTEGER)
ORDER BY place`
    return { sql, values: { ...concerts.values, most: limit } }
  },
})
