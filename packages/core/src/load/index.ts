import * as z from "zod"
import { run, statements } from "../analytics/index.ts"
import { fn } from "../fn.ts"

/** One load of the warehouse: files of one table, in one transaction. */
export interface Info {
  id: string
  table: string
  objects: number
  /** Rows that the files had; those that the second gate refused; those that were new. The others were known: repeats, or older versions. */
  staged: number
  rejected: number
  loaded: number
  /** Epoch milliseconds. */
  at: number
}

/** The last loads, newest first. Nothing is asked of the warehouse where nothing was loaded since the last time. */
export const list = fn(
  () => z.object({ limit: z.coerce.number().int().min(1).max(100).default(25) }),
  async ({ limit }): Promise<{ items: Info[]; asOf: number | null }> => {
    const { rows, loadedAt } = await run(statements.loadsRecent, { limit })
    const items = rows.map((row): Info => ({
      id: row.batch_id,
      table: row.table_name,
      objects: row.objects,
      staged: row.rows_staged,
      rejected: row.rows_rejected,
      loaded: row.rows_loaded,
      at: row.loaded_at,
    }))
    return { items, asOf: loadedAt }
  },
)
