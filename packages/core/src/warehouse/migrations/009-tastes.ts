import type { Migration } from "./migration.ts"

/** Who learns tastes reads who bought, looked and followed, which nothing that answers people may; and nothing else of facts. */
export const tastes: Migration = {
  id: "009",
  name: "tastes",
  sqls: [
    "CREATE ROLE backline_tastes",
    "GRANT USAGE ON SCHEMA core TO ROLE backline_tastes",
    "GRANT SELECT ON core.dim_artist, core.dim_venue, core.dim_concert, core.dim_cancellation TO ROLE backline_tastes",
    "GRANT SELECT ON core.fact_ticket, core.fact_view, core.fact_follow, core.agg_concert, core.agg_sale TO ROLE backline_tastes",
  ],
}
