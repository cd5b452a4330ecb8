import type { Migration } from "./migration.ts"

/**
 * A function reaches Redshift Serverless as a database user of its own, and holds the database roles that its IAM role's tag
 * `RedshiftDbRoles` names: `backline_reader` for what answers, `backline_loader` for the loader, `sys:dba:sys:secadmin` for the migrations
 * themselves (schemas and tables; roles). A grant covers the tables that exist, so a migration that adds one grants it again.
 * https://docs.aws.amazon.com/redshift/latest/mgmt/redshift-iam-access-federated-db-roles.html
 */
export const grants: Migration = {
  id: "004",
  name: "grants",
  sqls: [
    "CREATE ROLE backline_reader",
    "GRANT USAGE ON SCHEMA core TO ROLE backline_reader",
    "GRANT SELECT ON ALL TABLES IN SCHEMA core TO ROLE backline_reader",
    "CREATE ROLE backline_loader",
    "GRANT USAGE ON SCHEMA core TO ROLE backline_loader",
    "GRANT USAGE ON SCHEMA ops TO ROLE backline_loader",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA core TO ROLE backline_loader",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ops TO ROLE backline_loader",
  ],
}
