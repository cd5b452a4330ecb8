import type { Migration } from "./migration.ts"

/** Sales, prices and looks can be asked for, and what the loads did: how many rows came late or early, and up to which arrival they reach. */
export const analytics: Migration = {
  id: "007",
  name: "analytics",
  sqls: [
    "ALTER TABLE ops.load_batch ADD COLUMN rows_late BIGINT",
    "ALTER TABLE ops.load_batch ADD COLUMN rows_early BIGINT",
    "ALTER TABLE ops.load_batch ADD COLUMN last_arrived_ms BIGINT",
    "GRANT SELECT ON core.agg_sale, core.fact_price, core.fact_view TO ROLE backline_reader",
    "GRANT USAGE ON SCHEMA ops TO ROLE backline_reader",
    "GRANT SELECT ON ops.load_batch, ops.rejected_event TO ROLE backline_reader",
  ],
}
