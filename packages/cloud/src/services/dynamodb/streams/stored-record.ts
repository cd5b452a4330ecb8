/** What must be written down of a record; the rest follows from the stream. */
export interface StoredRecord {
  /** Index of the shard. */
  shard: number
  /** Set on the first record of a shard: epoch milliseconds of its birth. */
  born?: number
  /** Position in the stream. */
  at: number
  arrival: number
  /** The record as GetRecords answers it. */
  json: string
}
