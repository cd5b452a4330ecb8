import { SqlError } from "../sql/error.ts"
import { quoteName } from "../statements/names.ts"
import type { Step } from "../statements/plan.ts"
import type { Connection } from "./connection.ts"

/** Columns of a table in order, with what a column carries in Redshift: its type with its length, and NOT NULL. */
export async function columnsOf(connection: Connection, { schema, table }: { schema?: string; table: string }) {
  const found = await connection.values(
    `SELECT c.database_name AS place, c.column_name AS name, c.data_type AS type, c.is_nullable AS nullable, c.column_default AS fallback,
       (SELECT max(CAST(regexp_extract(k.constraint_text, '<= (\\d+)', 1) AS INTEGER)) FROM duckdb_constraints() k WHERE k.table_oid = c.table_oid AND k.database_oid = c.database_oid
         AND k.constraint_type = 'CHECK' AND list_contains(k.constraint_column_names, c.column_name) AND k.constraint_text LIKE '%strlen%') AS bytes
     FROM duckdb_columns() c WHERE lower(c.table_name) = lower($name) AND lower(c.schema_name) = lower($place) AND NOT c.internal ORDER BY c.column_index`,
    { name: table, place: schema ?? "main" },
  )
  // A temporary table hides a lasting one of the same name.
  const temporary = schema === undefined && found.some((column) => column.place === "temp")
  return found
    .filter((column) => (column.place === "temp") === temporary)
    .map((column) => ({
      name: String(column.name),
      type: String(column.type),
      nullable: Boolean(column.nullable),
      fallback: column.fallback === null ? undefined : String(column.fallback),
      bytes: column.bytes === null ? undefined : Number(column.bytes),
    }))
}

/** CREATE TABLE (LIKE source): names, types with lengths and NOT NULL; no defaults, as in Redshift without INCLUDING DEFAULTS. */
export async function createLike(connection: Connection, step: Extract<Step, { kind: "like" }>): Promise<void> {
  const columns = await columnsOf(connection, step.source)
  if (columns.length === 0)
    throw new SqlError(`relation "${step.source.schema ? `${step.source.schema}.` : ""}${step.source.table}" does not exist`)
  const items = columns.map(
    ({ name, type, nullable, bytes }) =>
      `${quoteName(name)} ${type}${nullable ? "" : " NOT NULL"}${bytes === undefined ? "" : ` CHECK (strlen(${quoteName(name)}) <= ${bytes})`}`,
  )
  await connection.run(
    `CREATE ${step.temporary ? "TEMP " : ""}TABLE ${step.ifNotExists ? "IF NOT EXISTS " : ""}${step.table} (${items.join(", ")})`,
  )
}
