import type { LakeTable } from "../../lake/tables.ts"

const sum = (type: string): string => `SUM(CASE WHEN f.event_type = '${type}' THEN f.quantity ELSE 0 END)`

/** Counted anew from all events of each concert that a batch touches: a sum kept by adding could drift, and a late event corrects it to the unit. */
const concertSteps = [
  "DELETE FROM core.agg_concert USING touched WHERE core.agg_concert.concert_id = touched.concert_id",
  `INSERT INTO core.agg_concert (concert_id, listed, sold, refunded, scanned, revenue_cents)
SELECT f.concert_id, ${sum("ticket.listed")}, ${sum("ticket.sold")}, ${sum("ticket.refunded")}, ${sum("ticket.scanned")},
  SUM(CASE WHEN f.event_type = 'ticket.sold' THEN f.quantity * f.price_cents WHEN f.event_type = 'ticket.refunded' THEN -f.quantity * f.price_cents ELSE 0 END)
FROM core.fact_ticket f JOIN touched t ON t.concert_id = f.concert_id
GROUP BY f.concert_id`,
] as const

/**
 * Sales by the day of the sale in the venue's zone (UTC where none is known) and by currency, which are never added up.
 * The zone may be loaded after the tickets, so concerts and venues bring their sales up to date as well.
 */
const saleSteps = [
  "DELETE FROM core.agg_sale USING touched WHERE core.agg_sale.concert_id = touched.concert_id",
  `INSERT INTO core.agg_sale (concert_id, sale_day, currency, sold, refunded, sold_minor, refunded_minor)
SELECT n.concert_id, n.sale_day, n.currency, ${sold("ticket.sold", "n.quantity")}, ${sold("ticket.refunded", "n.quantity")},
  ${sold("ticket.sold", "n.quantity * n.price_cents")}, ${sold("ticket.refunded", "n.quantity * n.price_cents")}
FROM (
  SELECT f.concert_id, f.event_type, f.currency, f.quantity, f.price_cents,
    CAST(CONVERT_TIMEZONE(COALESCE(c.time_zone, v.time_zone, 'UTC'), f.recorded_at) AS DATE) AS sale_day
  FROM core.fact_ticket f
  JOIN touched t ON t.concert_id = f.concert_id
  LEFT JOIN core.dim_concert c ON c.concert_id = f.concert_id
  LEFT JOIN core.dim_venue v ON v.venue_id = c.venue_id
  WHERE f.event_type IN ('ticket.sold', 'ticket.refunded')
) n
GROUP BY n.concert_id, n.sale_day, n.currency`,
] as const

function sold(type: string, what: string): string {
  return `SUM(CASE WHEN n.event_type = '${type}' THEN ${what} ELSE 0 END)`
}

const touched = (concerts: string): string => `CREATE TEMP TABLE touched AS ${concerts}`

/** What a batch of a table changes in the aggregates; runs in its transaction, when `stg_new` holds what is new. */
export const AGGREGATES: { readonly [T in LakeTable]?: readonly string[] } = {
  ticket: [touched("SELECT DISTINCT concert_id FROM stg_new"), ...concertSteps, ...saleSteps],
  concert: [touched("SELECT DISTINCT concert_id FROM stg_new"), ...saleSteps],
  venue: [
    touched("SELECT DISTINCT c.concert_id FROM core.dim_concert c JOIN stg_new n ON n.venue_id = c.venue_id"),
    ...saleSteps,
  ],
}
