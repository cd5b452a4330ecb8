import * as z from "zod"
import { statement } from "../statement.ts"

/** What came of each table, by the loads' own records. Batches from before they counted lateness and arrival count as nothing. */
export const loadsByTable = statement({
  name: "loads.by_table",
  description:
    "Per table of the warehouse: when it was last loaded, up to which arrival, and how many rows came, late, early and rejected.",
  params: z.strictObject({}),
  row: {
    table_name: "text",
    loads: "integer",
    rows_loaded: "integer",
    rows_late: "integer",
    rows_early: "integer",
    rows_rejected: "integer",
    loaded_at: "timestamp",
    arrived_ms: "integer?",
  },
  bind: () => ({
    sql: `SELECT CAST(b.table_name AS VARCHAR(32)) AS table_name, CAST(COUNT(*) AS BIGINT) AS loads, CAST(SUM(b.rows_loaded) AS BIGINT) AS rows_loaded,
  CAST(SUM(COALESCE(b.rows_late, 0)) AS BIGINT) AS rows_late, CAST(SUM(COALESCE(b.rows_early, 0)) AS BIGINT) AS rows_early,
  CAST(SUM(b.rows_rejected) AS BIGINT) AS rows_rejected, CAST(MAX(b.loaded_at) AS TIMESTAMP) AS loaded_at, CAST(MAX(b.last_arrived_ms) AS BIGINT) AS arrived_ms
FROM ops.load_batch b
GROUP BY b.table_name
ORDER BY b.table_name`,
    values: {},
  }),
})

export const loadsRejected = statement({
  name: "loads.rejected",
  description: "Rows that the warehouse refused, by table and reason.",
  params: z.strictObject({}),
  row: { table_name: "text", reason: "text", events: "integer" },
  bind: () => ({
    sql: `SELECT CAST(r.table_name AS VARCHAR(32)) AS table_name, CAST(r.reason AS VARCHAR(64)) AS reason, CAST(COUNT(*) AS BIGINT) AS events
FROM ops.rejected_event r
GROUP BY r.table_name, r.reason
ORDER BY r.table_name, r.reason`,
    values: {},
  }),
})
