import type { Migration } from "./migration.ts"

/**
 * Who answers what a concert will sell reads how it stands: its sales by day, its views, its price. Who trains reads single facts, which no question may, and
 * nothing that names people or places.
 */
export const predictions: Migration = {
  id: "008",
  name: "predictions",
  sqls: [
    "GRANT SELECT ON core.agg_sale, core.fact_view, core.fact_price TO ROLE backline_reader",
    "CREATE ROLE backline_trainer",
    "GRANT USAGE ON SCHEMA core TO ROLE backline_trainer",
    "GRANT SELECT ON core.dim_concert, core.dim_venue, core.dim_cancellation, core.fact_ticket, core.fact_view, core.fact_price TO ROLE backline_trainer",
  ],
}
