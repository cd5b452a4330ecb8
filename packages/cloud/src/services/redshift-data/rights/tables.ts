/**
 * Where the database keeps who owns what and who was granted what: in the warehouse itself, so that it is changed in the transaction of the
 * statement that changes it, and outlives a restart. An empty `object` is the schema itself, or with an empty `place` the database.
 */
export const RIGHTS_SQL: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS redshift_system.principal (kind VARCHAR, name VARCHAR, owner VARCHAR)`,
  `CREATE TABLE IF NOT EXISTS redshift_system.owner (place VARCHAR, object VARCHAR, owner VARCHAR)`,
  `CREATE TABLE IF NOT EXISTS redshift_system.privilege (place VARCHAR, object VARCHAR, privilege VARCHAR, kind VARCHAR, grantee VARCHAR, grantable BOOLEAN)`,
  `CREATE TABLE IF NOT EXISTS redshift_system.member (role VARCHAR, kind VARCHAR, member VARCHAR, admin BOOLEAN)`,
  `CREATE TABLE IF NOT EXISTS redshift_system.default_privilege (owner VARCHAR, place VARCHAR, privilege VARCHAR, kind VARCHAR, grantee VARCHAR, grantable BOOLEAN)`,
  // https://docs.aws.amazon.com/redshift/latest/dg/r_Privileges.html: all users may create in PUBLIC and make temporary tables. Once: a REVOKE stays.
  `INSERT INTO redshift_system.privilege SELECT place, '', privilege, 'public', '', false FROM (VALUES ('main', 'USAGE'), ('main', 'CREATE'), ('', 'TEMP')) first (place, privilege)
     WHERE NOT EXISTS (SELECT 1 FROM redshift_system.owner)`,
  `INSERT INTO redshift_system.owner SELECT 'main', '', 'IAM:admin' WHERE NOT EXISTS (SELECT 1 FROM redshift_system.owner)`,
]

const RELATIONS = `SELECT schema_name AS place, table_name AS object FROM duckdb_tables() WHERE NOT temporary AND NOT internal AND schema_name <> 'redshift_system'
  UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE NOT temporary AND NOT internal AND schema_name <> 'redshift_system'
  UNION ALL SELECT schema_name, '' FROM duckdb_schemas() WHERE database_name = current_database() AND NOT internal AND schema_name <> 'redshift_system'`

/** After something was created: it belongs to who made it, with the privileges that its owner gives by default. Writers take turns, so nothing else is new. */
export const ADOPT_SQL: readonly string[] = [
  `INSERT INTO redshift_system.privilege SELECT n.place, n.object, d.privilege, d.kind, d.grantee, d.grantable
     FROM (${RELATIONS}) n JOIN redshift_system.default_privilege d ON d.owner = $user AND (d.place = '' OR d.place = n.place)
     WHERE n.object <> '' AND NOT EXISTS (SELECT 1 FROM redshift_system.owner o WHERE o.place = n.place AND o.object = n.object)`,
  `INSERT INTO redshift_system.owner SELECT n.place, n.object, $user FROM (${RELATIONS}) n
     WHERE NOT EXISTS (SELECT 1 FROM redshift_system.owner o WHERE o.place = n.place AND o.object = n.object)`,
]

/** After something was dropped: what is made again under its name starts without privileges. */
export const FORGET_SQL: readonly string[] = ["owner", "privilege"].map(
  (
    table,
  ) => `DELETE FROM redshift_system.${table} WHERE place NOT IN ('', 'main') AND object = '' AND place NOT IN (SELECT place FROM (${RELATIONS}))
     OR object <> '' AND NOT EXISTS (SELECT 1 FROM (${RELATIONS}) n WHERE n.place = redshift_system.${table}.place AND n.object = redshift_system.${table}.object)`,
)
