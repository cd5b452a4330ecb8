import * as z from "zod"
import { AppError } from "../error.ts"
import { Currency } from "../event/fields.ts"

/** What stayed of one currency: sold minus refunded, in minor units as ISO 4217 has them. */
export const Amount = z.object({ currency: z.string(), minor: z.number() })
export type Amount = z.output<typeof Amount>

export const CURRENCY = Currency.optional().describe(
  "Counts revenue in this currency only (ISO 4217). Needed where several were taken: they are never added up.",
)

/**
 * CTEs `money` (subject, currency, minor), `earned` (one row per subject) and `taken` (all currencies, one row) over rows `source` that have a
 * subject and a concert_id. `revenue` is NULL where a subject has several currencies and none is asked for.
 */
export const earnedFrom = (source: string, currency: string | undefined): string => `money AS (
  SELECT l.subject, s.currency, SUM(s.sold_minor - s.refunded_minor) AS minor
  FROM ${source} l JOIN core.agg_sale s ON s.concert_id = l.concert_id
  GROUP BY l.subject, s.currency
), earned AS (
  SELECT subject, LISTAGG(currency || ' ' || CAST(minor AS VARCHAR(20)), ', ') WITHIN GROUP (ORDER BY currency) AS amounts,
    ${currency === undefined ? "CASE WHEN COUNT(*) > 1 THEN NULL ELSE SUM(minor) END" : "SUM(CASE WHEN currency = :currency THEN minor ELSE 0 END)"} AS revenue
  FROM money GROUP BY subject
), taken AS (
  SELECT LISTAGG(currency, ', ') WITHIN GROUP (ORDER BY currency) AS currencies FROM (SELECT DISTINCT currency FROM money) d
)`

/** NULL only where several currencies are mixed: who took nothing has earned 0. */
export const REVENUE = "CASE WHEN e.subject IS NULL THEN 0 ELSE e.revenue END"

/** `EUR 1250, JPY 900` as the column `amounts` has it. */
export const amountsOf = (text: string | null): Amount[] =>
  (text ?? "")
    .split(", ")
    .filter(Boolean)
    .map((each) => ({ currency: each.slice(0, 3), minor: Number(each.slice(4)) }))

/** Throws `input.currency` where the question would add currencies up; `currencies` is the column of that name. */
export function refuseMixed(currencies: string | null, currency: string | undefined): void {
  if (currency !== undefined || !currencies?.includes(",")) return
  const message = `Revenue was taken in ${currencies}, and amounts of several currencies are not added up. Name one with currency=.`
  throw new AppError("input", "input.currency", message, { details: [{ path: "currency", message }] })
}

/** Part of every `explain`. */
export const MIXED =
  "revenueCents: minor units (ISO 4217) of the one currency in amounts, or of the currency asked for; null where amounts has several, which are never added up. "
