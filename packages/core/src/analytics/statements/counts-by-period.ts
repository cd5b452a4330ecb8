import * as z from "zod"
import { concertConditions, FILTERS, LIVE, REVENUE, TICKETS, workConditions } from "../filters.ts"
import { statement } from "../statement.ts"

const DAY = "CAST(c.concert_date AS VARCHAR(10))"
/** A concert's day decides; 1950s are 1950-01-01 to 1959-12-31. */
const BUCKET = {
  day: DAY,
  month: `SUBSTRING(${DAY}, 1, 7)`,
  year: `SUBSTRING(${DAY}, 1, 4)`,
  decade: `SUBSTRING(${DAY}, 1, 3) || '0s'`,
  season: "COALESCE(c.season, 'unknown')",
  total: "CAST('total' AS VARCHAR(8))",
} as const
const VALUE = {
  concerts: "COUNT(*)",
  tickets: "COALESCE(SUM(tickets), 0)",
  revenue: "COALESCE(SUM(revenue), 0)",
  performances: "COUNT(*)",
} as const

/** Over everything there is exactly one row, also when nothing matches. */
const answer = (source: string, value: string, total: boolean): string =>
  total
    ? `SELECT CAST('total' AS VARCHAR(900)) AS period, CAST(${value} AS BIGINT) AS value FROM ${source}`
    : `SELECT CAST(bucket AS VARCHAR(900)) AS period, CAST(${value} AS BIGINT) AS value FROM ${source} GROUP BY bucket ORDER BY period`

export const countsByPeriod = statement({
  name: "counts.by_period",
  description:
    "How many concerts, performances, tickets or how much revenue (cents) per day, month, year, season or decade, or in total.",
  params: z.strictObject({
    period: z
      .enum(["day", "month", "year", "season", "decade", "total"])
      .describe("What one row stands for; total gives one row."),
    measure: z
      .enum(["concerts", "tickets", "revenue", "performances"])
      .default("concerts")
      .describe(
        "concerts: distinct concerts; performances: distinct works per concert; tickets: sold minus refunded; revenue: the same in cents.",
      ),
    ...FILTERS,
  }),
  row: { period: "text", value: "integer" },
  bind({ period, measure, ...filters }) {
    const concerts = concertConditions(filters)
    const works = workConditions(filters)
    const live = `WITH live AS (
  SELECT c.concert_id, ${BUCKET[period]} AS bucket, ${TICKETS} AS tickets, ${REVENUE} AS revenue
  FROM ${LIVE}
  AND ${concerts.sql}
)`
    const performed = `, performed AS (
  SELECT DISTINCT l.bucket, w.concert_id, w.work_id FROM live l JOIN core.fact_work w ON w.concert_id = l.concert_id
  WHERE ${works.sql}
)`
    const [ctes, source] = measure === "performances" ? [`${live}${performed}`, "performed"] : [live, "live"]
    return { sql: `${ctes}\n${answer(source, VALUE[measure], period === "total")}`, values: concerts.values }
  },
})
