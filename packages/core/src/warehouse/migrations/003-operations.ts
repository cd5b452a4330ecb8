import { BATCH_ID, EVENT_ID, type Migration, SEQUENCE } from "./migration.ts"

/** What was loaded, by which batch, and what was refused: written in the transaction that loads. */
export const operations: Migration = {
  id: "003",
  name: "operations",
  sqls: [
    `CREATE TABLE IF NOT EXISTS ops.load_ledger (
  object_key VARCHAR(1024) NOT NULL, batch_id ${BATCH_ID} NOT NULL, object_bytes BIGINT NOT NULL, object_rows BIGINT NOT NULL, loaded_at TIMESTAMP NOT NULL
)`,
    `CREATE TABLE IF NOT EXISTS ops.load_batch (
  batch_id ${BATCH_ID} NOT NULL, table_name VARCHAR(32) NOT NULL, objects INTEGER NOT NULL, rows_staged BIGINT NOT NULL, rows_rejected BIGINT NOT NULL,
  rows_loaded BIGINT NOT NULL, loaded_at TIMESTAMP NOT NULL
)`,
    `CREATE TABLE IF NOT EXISTS ops.rejected_event (
  batch_id ${BATCH_ID} NOT NULL, table_name VARCHAR(32) NOT NULL, reason VARCHAR(64) NOT NULL, event_id ${EVENT_ID}, shard VARCHAR(130),
  sequence_number ${SEQUENCE}, rejected_at TIMESTAMP NOT NULL
)`,
  ],
}
