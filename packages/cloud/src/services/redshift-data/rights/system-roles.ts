const words = (text: string): ReadonlySet<string> => new Set(text.split(", "))

const OPERATOR = "ANALYZE, VACUUM, CANCEL, ACCESS SYSTEM TABLE, ACCESS CATALOG"
const DBA = `CREATE SCHEMA, CREATE TABLE, DROP SCHEMA, DROP TABLE, TRUNCATE TABLE, CREATE OR REPLACE VIEW, DROP VIEW, ${OPERATOR}`
const SECADMIN = "CREATE USER, ALTER USER, DROP USER, CREATE ROLE, DROP ROLE, GRANT ROLE"

/** Permissions of the whole system: https://docs.aws.amazon.com/redshift/latest/dg/r_roles-system-privileges.html */
export const SYSTEM_PERMISSIONS = words(`${DBA}, ${SECADMIN}, ALTER TABLE, ALTER DEFAULT PRIVILEGES`)

/** What the roles that the system defines may do: https://docs.aws.amazon.com/redshift/latest/dg/r_roles-default.html. None of them reads a user's table. */
export const SYSTEM_ROLES: Readonly<Record<string, ReadonlySet<string>>> = {
  "sys:monitor": words("ACCESS SYSTEM TABLE, ACCESS CATALOG"),
  "sys:operator": words(OPERATOR),
  "sys:dba": words(DBA),
  "sys:secadmin": words(SECADMIN),
  "sys:superuser": SYSTEM_PERMISSIONS,
}
