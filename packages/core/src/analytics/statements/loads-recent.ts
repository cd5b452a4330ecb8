import * as z from "zod"
import { statement } from "../statement.ts"

export const loadsRecent = statement({
  name: "loads.recent",
  description:
    "The last loads of the warehouse, newest first: of which table, how many files and rows, how many were refused or known already.",
  params: z.strictObject({ limit: z.int().min(1).max(100).describe("How many loads.") }),
  row: {
    batch_id: "text",
    table_name: "text",
    objects: "integer",
    rows_staged: "integer",
    rows_rejected: "integer",
    rows_loaded: "integer",
    loaded_at: "timestamp",
  },
  bind: ({ limit }) => ({
    sql: `SELECT CAST(b.batch_id AS VARCHAR(64)) AS batch_id, CAST(b.table_name AS VARCHAR(32)) AS table_name, CAST(b.objects AS BIGINT) AS objects,
  b.rows_staged, b.rows_rejected, b.rows_loaded, b.loaded_at
FROM ops.load_batch b
ORDER BY b.loaded_at DESC, b.batch_id
LIMIT :limit`,
    values: { limit },
  }),
})
