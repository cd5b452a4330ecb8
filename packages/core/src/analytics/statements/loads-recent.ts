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
  CAST(b.rows_staged AS BIGINT) AS rows_staged, CAST(b.rows_rejected AS BIGINT) AS rows_rejected, CAST(b.rows_loaded AS BIGINT) AS rows_loaded, CAST(b.loaded_at AS TIMESTAMP) AS loaded_at
FROM ops.load_batch b
ORDER BY b.loaded_at DESC, b.batch_id
LIMIT :limit`,
    values: { limit },
  }),
})
