import * as z from "zod"
import { concertConditions, FILTERS, LIVE, TICKETS, workConditions } from "../filters.ts"
import { CURRENCY, refuseMixed } from "../money.ts"
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
  revenue: "COALESCE(SUM(minor), 0)",
  performances: "COUNT(*)",
} as const

/** Over everything there is exactly one row, also when nothing matches. */
const answer = (source: string, value: string, currencies: string, total: boolean): string =>
  total
    ? `SELECT CAST('total' AS VARCHAR(900)) AS period, CAST(${value} AS BIGINT) AS value, ${currencies} FROM ${source}`
    : `SELECT CAST(bucket AS VARCHAR(900)) AS period, CAST(${value} AS BIGINT) AS value, ${currencies} FROM ${source} GROUP BY bucket ORDER BY period`

export const countsByPeriod = statement({
  name: "counts.by_period",
  description:
    "How many concerts, performances, tickets or how much revenue (minor units of `currency`) per day, month, year, season or decade, or in total.",
  params: z.strictObject({
    period: z
      .enum(["day", "month", "year", "season", "decade", "total"])
      .describe("What one row stands for; total gives one row."),
    measure: z
      .enum(["concerts", "tickets", "revenue", "performances"])
      .default("concerts")
      .describe(
        "concerts: distinct concerts; performances: distinct works per concert; tickets: sold minus refunded; revenue: the same in minor units of one currency.",
      ),
    ...FILTERS,
    currency: CURRENCY,
  }),
  row: { period: "text", value: "integer", currency: "text?" },
  verify: (row, { currency }) => refuseMixed(row.currency, currency),
  bind({ period, measure, currency, ...filters }) {
    const concerts = concertConditions(filters)
    const works = workConditions(filters)
    const live = `WITH live AS (
  SELECT c.concert_id, ${BUCKET[period]} AS bucket, ${TICKETS} AS tickets
  FROM ${LIVE}
  AND ${concerts.sql}
)`
    const performed = `, performed AS (
  SELECT DISTINCT l.bucket, w.concert_id, w.work_id FROM live l JOIN core.fact_work w ON w.concert_id = l.concert_id
  WHERE ${works.sql}
)`
    // Every concert stays, so that a period without sales is one with 0; a row of another currency only loses its amount.
    const money = `, money AS (
  SELECT l.bucket, s.currency, s.sold_minor - s.refunded_minor AS minor
  FROM live l LEFT JOIN core.agg_sale s ON s.concert_id = l.concert_id${currency === undefined ? "" : " AND s.currency = :currency"}
), taken AS (
  SELECT LISTAGG(currency, ', ') WITHIN GROUP (ORDER BY currency) AS currencies FROM (SELECT DISTINCT currency FROM money WHERE currency IS NOT NULL) d
)`
    const currencies = `CAST(${measure === "revenue" ? "MAX(currencies)" : "NULL"} AS VARCHAR(900)) AS currency`
    const parts = {
      concerts: [live, "live"],
      tickets: [live, "live"],
      performances: [`${live}${performed}`, "performed"],
      revenue: [`${live}${money}`, "money CROSS JOIN taken"],
    }
    const [ctes, source] = parts[measure] as [string, string]
    const asked: Record<string, string> = measure === "revenue" && currency !== undefined ? { currency } : {}
    return {
      sql: `${ctes}\n${answer(source, VALUE[measure], currencies, period === "total")}`,
      values: { ...concerts.values, ...asked },
    }
  },
})
