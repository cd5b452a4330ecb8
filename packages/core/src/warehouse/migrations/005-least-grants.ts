import type { Migration } from "./migration.ts"

/**
 * Each role keeps what its statements use and no more. No question reads single tickets; of the loader, facts are only added, dimensions merged, the tickets of a concert replaced, the ledgers
 * written once. UPDATE on the mutex is what lets it be locked.
 */
export const leastGrants: Migration = {
  id: "005",
  name: "least-grants",
  sqls: [
    "REVOKE SELECT ON core.fact_ticket FROM ROLE backline_reader",
    "REVOKE ALL ON ops.migration, ops.load_mutex FROM ROLE backline_loader",
    "GRANT UPDATE ON ops.load_mutex TO ROLE backline_loader",
    "REVOKE UPDATE, DELETE ON ops.load_ledger, ops.load_batch, ops.rejected_event FROM ROLE backline_loader",
    "REVOKE UPDATE, DELETE ON core.fact_ticket, core.fact_work, core.fact_soloist FROM ROLE backline_loader",
    "REVOKE DELETE ON core.dim_artist, core.dim_venue, core.dim_concert, core.dim_cancellation FROM ROLE backline_loader",
    "REVOKE UPDATE ON core.agg_concert FROM ROLE backline_loader",
  ],
}
