/** One step of the schema. Once it ran somewhere it never changes: a correction is a new migration. */
export interface Migration {
  /** `001`, `002`, … in the order they run. */
  id: string
  /** What it brings, in kebab-case. */
  name: string
  /** At most 36, since the runner adds its lock, guard and ledger entry to the same transaction. No TRUNCATE, VACUUM or ALTER TABLE APPEND: they end or refuse a transaction. */
  sqls: readonly string[]
}

/** Ids are 64 ASCII characters; soloists append `:<index>`, so 80 fits every event id. */
export const ID = "VARCHAR(64)"
export const EVENT_ID = "VARCHAR(80)"
/** 300 UTF-16 units are at most 900 bytes of UTF-8, and Redshift counts bytes. */
export const TEXT = "VARCHAR(900)"
/** A Kinesis sequence number, zero-padded so that it compares as text. */
export const SEQUENCE = "VARCHAR(130)"
/** First 32 hexadecimal digits of a SHA-256. */
export const BATCH_ID = "VARCHAR(32)"
