import { BATCH_ID, EVENT_ID, ID, type Migration, TEXT } from "./migration.ts"

/** What happened at a concert, one row per event id; and the tickets of each concert summed up, recomputed by the load that touches it. */
export const facts: Migration = {
  id: "002",
  name: "facts",
  sqls: [
    `CREATE TABLE IF NOT EXISTS core.fact_ticket (
  event_id ${EVENT_ID} NOT NULL, event_type VARCHAR(32) NOT NULL, concert_id ${ID} NOT NULL, quantity INTEGER NOT NULL, price_cents BIGINT,
  currency VARCHAR(3), channel ${TEXT}, recorded_at TIMESTAMP NOT NULL, batch_id ${BATCH_ID} NOT NULL
) DISTKEY(concert_id) SORTKEY(recorded_at)`,
    `CREATE TABLE IF NOT EXISTS core.fact_work (
  event_id ${EVENT_ID} NOT NULL, concert_id ${ID} NOT NULL, position INTEGER NOT NULL, work_id ${ID} NOT NULL, composer ${TEXT}, title ${TEXT} NOT NULL,
  movement ${TEXT}, conductor ${TEXT}, batch_id ${BATCH_ID} NOT NULL
) DISTKEY(concert_id) SORTKEY(concert_id)`,
    `CREATE TABLE IF NOT EXISTS core.fact_soloist (
  event_id ${EVENT_ID} NOT NULL, work_event_id ${EVENT_ID} NOT NULL, concert_id ${ID} NOT NULL, name ${TEXT} NOT NULL, instrument ${TEXT}, role ${TEXT},
  batch_id ${BATCH_ID} NOT NULL
) DISTKEY(concert_id) SORTKEY(concert_id)`,
    `CREATE TABLE IF NOT EXISTS core.agg_concert (
  concert_id ${ID} NOT NULL, listed BIGINT NOT NULL, sold BIGINT NOT NULL, refunded BIGINT NOT NULL, scanned BIGINT NOT NULL, revenue_cents BIGINT NOT NULL
) DISTSTYLE ALL SORTKEY(concert_id)`,
  ],
}
