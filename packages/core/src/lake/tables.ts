export const TOPICS = [
  "artist",
  "venue",
  "concert",
  "cancellation",
  "ticket",
  "work",
  "soloist",
  "price",
  "view",
  "follow",
] as const
/** A table of the lake; also the `topic=` part of its objects' keys. */
export type LakeTable = (typeof TOPICS)[number]

export type ColumnType = "text" | "integer" | "double" | "boolean"
export interface Column {
  readonly name: string
  /** Parquet UTF8, INT64, DOUBLE, BOOLEAN: the four that a positional COPY reads back alike everywhere (VARCHAR, BIGINT, FLOAT8, BOOLEAN). */
  readonly type: ColumnType
  /** Version of its table's files in which it came, where that is not the first. */
  readonly since?: number
}

/** A cell as the consumer hands it to the writer. Integers are safe JavaScript numbers. */
export type Cell = string | number | boolean | null

const text = <N extends string>(name: N) => ({ name, type: "text" as const })
const integer = <N extends string>(name: N) => ({ name, type: "integer" as const })

const boolean = <N extends string>(name: N) => ({ name, type: "boolean" as const })

const ENVELOPE = [
  text("event_id"),
  text("event_type"),
  /** The producer's `at`, epoch milliseconds, negative before 1970. */
  integer("recorded_at_ms"),
  /** Kinesis' approximate arrival, epoch milliseconds. */
  integer("ingested_at_ms"),
  text("shard"),
  /** Zero-padded (see `paddedSequence`), so that it sorts as text; unpadded in keys and messages. */
  text("sequence_number"),
] as const

/**
 * Columns of every table, in file order. COPY from Parquet is positional: append a column at the end with the version that it came with (`since`),
 * which is also the `v=` of its files' keys; never reorder: https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-columnar.html
 */
export const LAKE_TABLES = {
  artist: [...ENVELOPE, text("artist_id"), text("name"), text("kind"), text("genre")],
  venue: [...ENVELOPE, text("venue_id"), text("name"), text("city"), text("country"), integer("capacity"), text("time_zone")],
  concert: [
    ...ENVELOPE,
    text("concert_id"),
    text("venue_id"),
    text("artist_id"),
    text("title"),
    /** YYYY-MM-DD, the calendar day at the venue. */
    text("concert_date"),
    /** HH:MM at the venue. */
    text("concert_time"),
    text("time_zone"),
    integer("starts_at_ms"),
    text("season"),
    text("category"),
    integer("capacity"),
    integer("price_cents"),
    text("currency"),
  ],
  cancellation: [...ENVELOPE, text("concert_id"), text("reason")],
  ticket: [
    ...ENVELOPE,
    text("concert_id"),
    integer("quantity"),
    /** Price of one ticket; null for scans. */
    integer("price_cents"),
    text("currency"),
    text("channel"),
    text("order_id"),
    text("gate"),
    { ...text("buyer_id"), since: 2 },
  ],
  work: [
    ...ENVELOPE,
    text("concert_id"),
    integer("position"),
    text("work_id"),
    text("composer"),
    text("title"),
    text("movement"),
    text("conductor"),
  ],
  /** event_id is `<event id of the work>:<index from 1>`, so up to 68 characters. */
  soloist: [
    ...ENVELOPE,
    text("work_event_id"),
    text("concert_id"),
    integer("position"),
    text("name"),
    text("instrument"),
    text("role"),
  ],
  price: [...ENVELOPE, text("concert_id"), integer("price_cents"), text("currency")],
  view: [...ENVELOPE, text("concert_id"), text("viewer_id"), text("channel")],
  follow: [...ENVELOPE, text("artist_id"), text("follower_id"), boolean("following")],
} as const satisfies Record<LakeTable, readonly Column[]>

/** The version in which a table's files are written. */
export const lakeVersion = (table: LakeTable): number =>
  Math.max(...LAKE_TABLES[table].map((column: Column) => column.since ?? 1))

/** The columns that a file of this version has. */
export const columnsOf = (table: LakeTable, version: number): readonly Column[] =>
  LAKE_TABLES[table].filter((column: Column) => (column.since ?? 1) <= version)

type Value<T extends ColumnType> = T extends "text" ? string : T extends "boolean" ? boolean : number
/** One row of a table, every column present, null where the event says nothing. */
export type LakeRow<T extends LakeTable> = {
  [C in (typeof LAKE_TABLES)[T][number] as C["name"]]: Value<C["type"]> | null
}

/** Sequence numbers are decimal strings of changing length (56 digits today); padded they compare as text in keys and SQL. */
export const paddedSequence = (sequence: string): string => sequence.padStart(64, "0")
