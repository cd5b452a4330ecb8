import { EARLIEST, LATEST } from "../../event/index.ts"
import type { LakeTable } from "../../lake/tables.ts"

/** How a lake table becomes a warehouse table. `s` is the staged row; expressions are cast to the type of their column. */
export interface TableLoad {
  target: string
  /** A dimension keeps the newest version per key; a fact keeps the first row per event id. */
  kind: "dimension" | "fact"
  key: string
  /** Target column to expression, without the columns that every dimension or fact has. */
  columns: Readonly<Record<string, string>>
  /** Condition on the staged row to reason, checked in order; such a row is recorded, not loaded. */
  rejects: readonly (readonly [condition: string, reason: string])[]
}

const text = (column: string): string => `CAST(s.${column} AS VARCHAR(900))`
const id = (column: string): string => `CAST(s.${column} AS VARCHAR(64))`
const integer = (column: string): string => `CAST(s.${column} AS INTEGER)`
const bigint = (column: string): string => `CAST(s.${column} AS BIGINT)`
/** Whole seconds; instants before 1970 are negative. */
const instant = (column: string): string => `TIMESTAMP 'epoch' + (s.${column} / 1000) * INTERVAL '1 second'`

const missing = (...columns: string[]) => columns.map((column) => [`s.${column} IS NULL`, `${column} is missing`] as const)
const outside = (column: string, least: number, most: number) =>
  [`s.${column} < ${least} OR s.${column} > ${most}`, `${column} is out of range`] as const

/** The consumer validated every event; this is the second gate, for objects that something else wrote: casts below it cannot fail. */
export const COMMON_REJECTS = [
  ...missing("event_id", "sequence_number", "recorded_at_ms"),
  outside("recorded_at_ms", EARLIEST, LATEST),
] as const

/** A producer's clock may be so far ahead of the stream's. */
const EARLY_MS = 5 * 60_000
/** Longer on its way than this, and aggregates of days long told are corrected. */
const LATE_MS = 24 * 60 * 60_000

/** When a fact came, and whether its time can be believed: `early` was recorded after it arrived, `late` long before. */
const ARRIVAL = {
  ingested_at: instant("ingested_at_ms"),
  timing: `CAST(CASE WHEN s.recorded_at_ms > s.ingested_at_ms + ${EARLY_MS} THEN 'early' WHEN s.recorded_at_ms < s.ingested_at_ms - ${LATE_MS} THEN 'late' ELSE 'ok' END AS VARCHAR(8))`,
} as const

const MAX_INTEGER = 2_147_483_647

export const TABLES: Readonly<Record<LakeTable, TableLoad>> = {
  artist: {
    target: "core.dim_artist",
    kind: "dimension",
    key: "artist_id",
    columns: { artist_id: id("artist_id"), name: text("name"), kind: "CAST(s.kind AS VARCHAR(16))", genre: text("genre") },
    rejects: missing("artist_id", "name"),
  },
  venue: {
    target: "core.dim_venue",
    kind: "dimension",
    key: "venue_id",
    columns: {
      venue_id: id("venue_id"),
      name: text("name"),
      city: text("city"),
      country: text("country"),
      capacity: integer("capacity"),
      time_zone: id("time_zone"),
    },
    rejects: [...missing("venue_id", "name"), outside("capacity", 1, MAX_INTEGER)],
  },
  concert: {
    target: "core.dim_concert",
    kind: "dimension",
    key: "concert_id",
    columns: {
      concert_id: id("concert_id"),
      venue_id: id("venue_id"),
      artist_id: id("artist_id"),
      title: text("title"),
      concert_date: "CAST(s.concert_date AS DATE)",
      concert_time: "CAST(s.concert_time AS VARCHAR(5))",
      time_zone: id("time_zone"),
      starts_at: instant("starts_at_ms"),
      starts_at_ms: bigint("starts_at_ms"),
      season: text("season"),
      category: text("category"),
      capacity: integer("capacity"),
      price_cents: bigint("price_cents"),
      currency: "CAST(s.currency AS VARCHAR(3))",
    },
    rejects: [
      ...missing("concert_id", "venue_id", "title", "concert_date"),
      [`REGEXP_COUNT(s.concert_date, '^[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]$') <> 1`, "concert_date is not a day"],
      outside("starts_at_ms", EARLIEST, LATEST),
      outside("capacity", 1, MAX_INTEGER),
      ["s.price_cents < 0", "price_cents is negative"],
    ],
  },
  cancellation: {
    target: "core.dim_cancellation",
    kind: "dimension",
    key: "concert_id",
    columns: { concert_id: id("concert_id"), reason: text("reason") },
    rejects: missing("concert_id"),
  },
  ticket: {
    target: "core.fact_ticket",
    kind: "fact",
    key: "event_id",
    columns: {
      event_type: "CAST(s.event_type AS VARCHAR(32))",
      concert_id: id("concert_id"),
      quantity: integer("quantity"),
      price_cents: bigint("price_cents"),
      currency: "CAST(s.currency AS VARCHAR(3))",
      channel: text("channel"),
      recorded_at: instant("recorded_at_ms"),
      buyer_id: id("buyer_id"),
      ...ARRIVAL,
    },
    rejects: [
      ...missing("concert_id", "quantity"),
      [
        "s.event_type IS NULL OR s.event_type NOT IN ('ticket.listed', 'ticket.sold', 'ticket.refunded', 'ticket.scanned')",
        "event_type is unknown",
      ],
      outside("quantity", 1, MAX_INTEGER),
      ["s.event_type <> 'ticket.scanned' AND s.price_cents IS NULL", "price_cents is missing"],
      ["s.event_type IN ('ticket.sold', 'ticket.refunded') AND s.currency IS NULL", "currency is missing"],
      ["s.price_cents < 0", "price_cents is negative"],
    ],
  },
  work: {
    target: "core.fact_work",
    kind: "fact",
    key: "event_id",
    columns: {
      concert_id: id("concert_id"),
      position: integer("position"),
      work_id: id("work_id"),
      composer: text("composer"),
      title: text("title"),
      movement: text("movement"),
      conductor: text("conductor"),
    },
    rejects: [...missing("concert_id", "position", "work_id", "title"), outside("position", 0, MAX_INTEGER)],
  },
  soloist: {
    target: "core.fact_soloist",
    kind: "fact",
    key: "event_id",
    columns: {
      work_event_id: "CAST(s.work_event_id AS VARCHAR(80))",
      concert_id: id("concert_id"),
      name: text("name"),
      instrument: text("instrument"),
      role: text("role"),
    },
    rejects: missing("work_event_id", "concert_id", "name"),
  },
  price: {
    target: "core.fact_price",
    kind: "fact",
    key: "event_id",
    columns: {
      concert_id: id("concert_id"),
      price_cents: bigint("price_cents"),
      currency: "CAST(s.currency AS VARCHAR(3))",
      recorded_at: instant("recorded_at_ms"),
      ...ARRIVAL,
    },
    rejects: [...missing("concert_id", "price_cents", "currency"), ["s.price_cents < 0", "price_cents is negative"]],
  },
  view: {
    target: "core.fact_view",
    kind: "fact",
    key: "event_id",
    columns: {
      concert_id: id("concert_id"),
      viewer_id: id("viewer_id"),
      channel: text("channel"),
      recorded_at: instant("recorded_at_ms"),
      ...ARRIVAL,
    },
    rejects: missing("concert_id"),
  },
  follow: {
    target: "core.fact_follow",
    kind: "fact",
    key: "event_id",
    columns: {
      artist_id: id("artist_id"),
      follower_id: id("follower_id"),
      following: "CAST(s.following AS BOOLEAN)",
      recorded_at: instant("recorded_at_ms"),
      ...ARRIVAL,
    },
    rejects: missing("artist_id", "follower_id", "following"),
  },
}
