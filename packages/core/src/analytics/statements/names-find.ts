import * as z from "zod"
import { CONDUCTOR, EACH_CONDUCTOR } from "../conductors.ts"
import { LIVE } from "../filters.ts"
import { fold, folded } from "../fold.ts"
import { statement } from "../statement.ts"
import { Text } from "../../text.ts"

/** More words than a name has narrow nothing; each is a parameter. */
const MOST_WORDS = 8

/** Where names of a kind stand, what tells two of one name apart, and how they lead to concerts. A venue or artist is found although nothing was played yet. */
const KINDS = [
  { kind: "composer", name: "w.composer", detail: "NULL", source: "core.fact_work w", concert: "l.concert_id = w.concert_id" },
  { kind: "work", name: "w.title", detail: "w.composer", source: "core.fact_work w", concert: "l.concert_id = w.concert_id" },
  {
    kind: "conductor",
    name: CONDUCTOR,
    detail: "NULL",
    source: `core.fact_work w ${EACH_CONDUCTOR}`,
    concert: "l.concert_id = w.concert_id",
  },
  { kind: "soloist", name: "s.name", detail: "NULL", source: "core.fact_soloist s", concert: "l.concert_id = s.concert_id" },
  { kind: "venue", name: "v.name", detail: "v.city", source: "core.dim_venue v", concert: "l.venue_id = v.venue_id" },
  { kind: "city", name: "v.city", detail: "NULL", source: "core.dim_venue v", concert: "l.venue_id = v.venue_id" },
  { kind: "artist", name: "a.name", detail: "NULL", source: "core.dim_artist a", concert: "l.artist_id = a.artist_id" },
  { kind: "season", name: "o.season", detail: "NULL", source: "live o", concert: "l.concert_id = o.concert_id" },
] as const
type Kind = (typeof KINDS)[number]

const distinctNames = ({ kind, name, detail, source }: Kind): string =>
  `SELECT DISTINCT CAST('${kind}' AS VARCHAR(16)) AS kind, ${name} AS name, CAST(${detail} AS VARCHAR(900)) AS detail FROM ${source} WHERE ${name} IS NOT NULL`

/** No stored text is empty, so '' stands for NULL. */
const concertsOf = ({ kind, name, detail, source, concert }: Kind): string => {
  const same = detail === "NULL" ? "" : ` AND COALESCE(${detail}, '') = COALESCE(f.detail, '')`
  return `SELECT f.kind, f.name, f.detail, l.concert_id FROM found f JOIN ${source} ON ${name} = f.name${same} JOIN live l ON ${concert} WHERE f.kind = '${kind}'`
}

export const namesFind = statement({
  name: "names.find",
  description:
    "Names as they are stored that match a text, of every kind, with the number of concerts: exact ones first, then those that start with it, contain it, " +
    "contain all its words in any order. Accents and case do not matter. `detail` is the composer of a work and the city of a venue.",
  params: z.strictObject({
    text: Text({ max: 200 }).describe('A name or a part of it, e.g. "ludwig van beethoven".'),
    limit: z.int().min(1).max(100).default(25).describe("Most names to list."),
  }),
  row: { kind: "text", name: "text", detail: "text?", concerts: "integer" },
  bind({ text, limit }) {
    const whole = fold(text).replace(/\s+/g, " ")
    const split = [...new Set(whole.split(/[\s,]+/).filter(Boolean))].slice(0, MOST_WORDS)
    const words = split.length > 0 ? split : [whole]
    const hit = words.map((_, n) => `STRPOS(f.folded, :word_${n + 1}) > 0`).join(" AND ")
    const sql = `WITH live AS (
  SELECT c.concert_id, c.venue_id, c.artist_id, c.season FROM ${LIVE}
), names AS (
  ${KINDS.map(distinctNames).join("\n  UNION ALL ")}
), plain AS (
  SELECT n.kind, n.name, n.detail, ${folded("n.name")} AS folded FROM names n
), found AS (
  SELECT f.kind, f.name, f.detail,
    CASE WHEN f.folded = :whole THEN 0 WHEN STRPOS(f.folded, :whole) = 1 THEN 1 WHEN STRPOS(f.folded, :whole) > 1 THEN 2 ELSE 3 END AS distance
  FROM plain f
  WHERE ${hit}
), played AS (
  ${KINDS.map(concertsOf).join("\n  UNION ALL ")}
), tally AS (
  SELECT kind, name, COALESCE(detail, '') AS detail, COUNT(DISTINCT concert_id) AS concerts FROM played GROUP BY kind, name, COALESCE(detail, '')
), counted AS (
  SELECT f.kind, f.name, f.detail, f.distance, COALESCE(t.concerts, 0) AS concerts
  FROM found f LEFT JOIN tally t ON t.kind = f.kind AND t.name = f.name AND t.detail = COALESCE(f.detail, '')
), ranked AS (
  SELECT f.*, ROW_NUMBER() OVER (ORDER BY f.distance, f.concerts DESC, f.kind, f.name, COALESCE(f.detail, '')) AS place FROM counted f
)
SELECT CAST(kind AS VARCHAR(16)) AS kind, CAST(name AS VARCHAR(900)) AS name, CAST(detail AS VARCHAR(900)) AS detail, CAST(concerts AS BIGINT) AS concerts
FROM ranked
WHERE place <= CAST(:most AS INTEGER)
ORDER BY place`
    return { sql, values: { whole, most: limit, ...Object.fromEntries(words.map((word, n) => [`word_${n + 1}`, word])) } }
  },
})
