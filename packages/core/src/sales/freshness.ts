import * as z from "zod"
import { run, statements } from "../analytics/index.ts"
import { fn } from "../fn.ts"
import { progress, type ShardProgress } from "../ingest/index.ts"
import { LAKE_TABLES, type LakeTable } from "../lake/tables.ts"

const Instant = z.number().nullable()

/** How old what the pages show is, and what did not come in well. Instants are epoch milliseconds, null before the first. */
export const Freshness = z.object({
  at: z.number(),
  /** Last load of any table. */
  loadedAt: Instant,
  streams: z.array(
    z.object({
      stream: z.string(),
      lastArrivalAt: z.number(),
      /** Whether the warehouse holds everything that was read. */
      loaded: z.boolean(),
      /** How long the oldest that is missing in the warehouse may have waited: 0 where nothing is. */
      lagMs: z.number(),
      events: z.number(),
      quarantined: z.number(),
    }),
  ),
  tables: z.array(
    z.object({
      table: z.string(),
      rows: z.number(),
      late: z.number(),
      early: z.number(),
      loads: z.number(),
      lastLoadAt: z.number(),
      lastArrivalAt: Instant,
      rejected: z.array(z.object({ reason: z.string(), events: z.number() })),
    }),
  ),
  explain: z.string(),
})
export type Freshness = z.output<typeof Freshness>

const EXPLAIN =
  "streams: events read since ever, a repeat counts again; quarantined: records that are no events. tables: rows loaded since ever, a repeat is one row; " +
  "late: recorded more than 24 hours before they arrived; early: recorded more than 5 minutes after; both are kept and correct what was shown. rejected: by reason, not loaded. " +
  "lagMs: time since the warehouse held everything of the stream that was read, as far as is known."

/** Which stream fills which table: artists and venues have their own. */
const feeds = (stream: string): readonly LakeTable[] => {
  const own = (["artist", "venue"] as const).find((table) => stream.toLowerCase().includes(table))
  if (own) return own === "artist" ? ["artist", "follow"] : ["venue"]
  return (Object.keys(LAKE_TABLES) as LakeTable[]).filter(
    (table) => table !== "artist" && table !== "venue" && table !== "follow",
  )
}

function streamOf(stream: string, shards: readonly ShardProgress[], arrived: ReadonlyMap<string, number>, at: number) {
  const loaded = shards.every((shard) => shard.loaded === shard.consumed)
  const known = feeds(stream).map((table) => arrived.get(table) ?? 0)
  return {
    stream,
    lastArrivalAt: Math.max(...shards.map(({ arrivedAt }) => arrivedAt)),
    loaded,
    lagMs: loaded ? 0 : Math.max(0, at - Math.max(0, ...known)),
    events: shards.reduce((sum, { counts }) => sum + Object.values(counts).reduce((a, b) => a + b, 0), 0),
    quarantined: shards.reduce((sum, { quarantined }) => sum + quarantined, 0),
  }
}

/** Freshness and quality by stream, table and reason. */
export const freshness = fn(
  () => z.object({}),
  async (): Promise<Freshness> => {
    const [{ shards, at }, tables, rejected] = await Promise.all([
      progress(),
      run(statements.loadsByTable, {}),
      run(statements.loadsRejected, {}),
    ])
    const arrived = new Map(tables.rows.map((row) => [row.table_name, row.arrived_ms ?? 0]))
    const streams = [...new Set(shards.map(({ stream }) => stream))].sort()
    return {
      at,
      loadedAt: tables.loadedAt,
      streams: streams.map((stream) =>
        streamOf(
          stream,
          shards.filter((shard) => shard.stream === stream),
          arrived,
          at,
        ),
      ),
      tables: tables.rows.map((row) => ({
        table: row.table_name,
        rows: row.rows_loaded,
        late: row.rows_late,
        early: row.rows_early,
        loads: row.loads,
        lastLoadAt: row.loaded_at,
        lastArrivalAt: row.arrived_ms,
        rejected: rejected.rows
          .filter(({ table_name }) => table_name === row.table_name)
          .map(({ reason, events }) => ({ reason, events })),
      })),
      explain: EXPLAIN,
    }
  },
)
