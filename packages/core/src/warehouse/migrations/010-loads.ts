import type { Migration } from "./migration.ts"

/** Who reads answers may see what was loaded when, and nothing else of the warehouse's own books. */
export const loads: Migration = {
  id: "010",
  name: "loads",
  sqls: ["GRANT USAGE ON SCHEMA ops TO ROLE backline_reader", "GRANT SELECT ON ops.load_batch TO ROLE backline_reader"],
}
