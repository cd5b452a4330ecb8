import type { Migration } from "./migration.ts"

/**
 * A function reaches Redshift Serverless as a database user of its own, and holds the database roles that its IAM role's tag
 * `RedshiftDbRoles` names. What only reads is tagged `backline_reader`.
 * https://docs.aws.amazon.com/redshift/latest/mgmt/redshift-iam-access-federated-db-roles.html
 */
export const grants: Migration = {
  id: "004",
  name: "grants",
  sqls: [
    "CREATE ROLE backline_reader",
    "GRANT USAGE ON SCHEMA core TO ROLE backline_reader",
    "GRANT SELECT ON ALL TABLES IN SCHEMA core TO ROLE backline_reader",
  ],
}
