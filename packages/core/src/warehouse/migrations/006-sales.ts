import { BATCH_ID, EVENT_ID, ID, type Migration, TEXT } from "./migration.ts"

/** Whether a fact's time can be believed: `ok`, `early` (recorded after it arrived) or `late` (long before). */
const ARRIVAL = "ingested_at TIMESTAMP, timing VARCHAR(8)"

/** Who bought, looked and followed, what tickets cost when, and sales by the day of the sale and currency. */
export const sales: Migration = {
  id: "006",
  name: "sales",
  sqls: [
    `ALTER TABLE core.fact_ticket ADD COLUMN buyer_id ${ID}`,
    "ALTER TABLE core.fact_ticket ADD COLUMN ingested_at TIMESTAMP",
    "ALTER TABLE core.fact_ticket ADD COLUMN timing VARCHAR(8)",
    `CREATE TABLE IF NOT EXISTS core.fact_price (
  event_id ${EVENT_ID} NOT NULL, concert_id ${ID} NOT NULL, price_cents BIGINT NOT NULL, currency VARCHAR(3) NOT NULL, recorded_at TIMESTAMP NOT NULL,
  ${ARRIVAL}, batch_id ${BATCH_ID} NOT NULL
) DISTKEY(concert_id) SORTKEY(recorded_at)`,
    `CREATE TABLE IF NOT EXISTS core.fact_view (
  event_id ${EVENT_ID} NOT NULL, concert_id ${ID} NOT NULL, viewer_id ${ID}, channel ${TEXT}, recorded_at TIMESTAMP NOT NULL, ${ARRIVAL},
  batch_id ${BATCH_ID} NOT NULL
) DISTKEY(concert_id) SORTKEY(recorded_at)`,
    `CREATE TABLE IF NOT EXISTS core.fact_follow (
  event_id ${EVENT_ID} NOT NULL, artist_id ${ID} NOT NULL, follower_id ${ID} NOT NULL, following BOOLEAN NOT NULL, recorded_at TIMESTAMP NOT NULL,
  ${ARRIVAL}, batch_id ${BATCH_ID} NOT NULL
) DISTKEY(artist_id) SORTKEY(recorded_at)`,
    // sale_day is the venue's calendar; minor units as ISO 4217 has them for the currency.
    `CREATE TABLE IF NOT EXISTS core.agg_sale (
  concert_id ${ID} NOT NULL, sale_day DATE NOT NULL, currency VARCHAR(3) NOT NULL, sold BIGINT NOT NULL, refunded BIGINT NOT NULL,
  sold_minor BIGINT NOT NULL, refunded_minor BIGINT NOT NULL
) DISTSTYLE ALL SORTKEY(sale_day)`,
    // Sales that were loaded before this table was there.
    `INSERT INTO core.agg_sale (concert_id, sale_day, currency, sold, refunded, sold_minor, refunded_minor)
SELECT n.concert_id, n.sale_day, n.currency, SUM(CASE WHEN n.event_type = 'ticket.sold' THEN n.quantity ELSE 0 END),
  SUM(CASE WHEN n.event_type = 'ticket.refunded' THEN n.quantity ELSE 0 END),
  SUM(CASE WHEN n.event_type = 'ticket.sold' THEN n.quantity * n.price_cents ELSE 0 END),
  SUM(CASE WHEN n.event_type = 'ticket.refunded' THEN n.quantity * n.price_cents ELSE 0 END)
FROM (
  SELECT f.concert_id, f.event_type, f.currency, f.quantity, f.price_cents,
    CAST(CONVERT_TIMEZONE(COALESCE(c.time_zone, v.time_zone, 'UTC'), f.recorded_at) AS DATE) AS sale_day
  FROM core.fact_ticket f
  LEFT JOIN core.dim_concert c ON c.concert_id = f.concert_id
  LEFT JOIN core.dim_venue v ON v.venue_id = c.venue_id
  WHERE f.event_type IN ('ticket.sold', 'ticket.refunded')
) n
GROUP BY n.concert_id, n.sale_day, n.currency`,
    "GRANT SELECT, INSERT ON core.fact_price, core.fact_view, core.fact_follow TO ROLE backline_loader",
    "GRANT SELECT, INSERT, DELETE ON core.agg_sale TO ROLE backline_loader",
  ],
}
