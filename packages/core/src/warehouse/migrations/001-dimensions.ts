import { ID, type Migration, SEQUENCE, TEXT } from "./migration.ts"

/** `version` is the event's `at`; where two are equal the greater sequence number wins. DISTSTYLE ALL: dimensions are small and joined everywhere. */
const VERSION = `version BIGINT NOT NULL, sequence_number ${SEQUENCE} NOT NULL, loaded_at TIMESTAMP NOT NULL`

/** Who plays, where, when; the newest version of each. */
export const dimensions: Migration = {
  id: "001",
  name: "dimensions",
  sqls: [
    "CREATE SCHEMA IF NOT EXISTS core",
    `CREATE TABLE IF NOT EXISTS core.dim_artist (
  artist_id ${ID} NOT NULL, name ${TEXT} NOT NULL, kind VARCHAR(16), genre ${TEXT}, ${VERSION}
) DISTSTYLE ALL SORTKEY(artist_id)`,
    `CREATE TABLE IF NOT EXISTS core.dim_venue (
  venue_id ${ID} NOT NULL, name ${TEXT} NOT NULL, city ${TEXT}, country ${TEXT}, capacity INTEGER, time_zone VARCHAR(64), ${VERSION}
) DISTSTYLE ALL SORTKEY(venue_id)`,
    // starts_at is for people who write SQL; starts_at_ms keeps the milliseconds that a whole-second timestamp loses.
    `CREATE TABLE IF NOT EXISTS core.dim_concert (
  concert_id ${ID} NOT NULL, venue_id ${ID} NOT NULL, artist_id ${ID}, title ${TEXT} NOT NULL, concert_date DATE NOT NULL, concert_time VARCHAR(5),
  time_zone VARCHAR(64), starts_at TIMESTAMP, starts_at_ms BIGINT, season ${TEXT}, category ${TEXT}, capacity INTEGER, price_cents BIGINT,
  currency VARCHAR(3), ${VERSION}
) DISTSTYLE ALL SORTKEY(concert_date)`,
    `CREATE TABLE IF NOT EXISTS core.dim_cancellation (
  concert_id ${ID} NOT NULL, reason ${TEXT}, ${VERSION}
) DISTSTYLE ALL SORTKEY(concert_id)`,
  ],
}
