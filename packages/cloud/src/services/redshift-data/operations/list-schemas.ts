import { catalogInput, checkedDatabase, lookUp } from "./catalog.ts"
import { onWorkgroup, operation } from "./operation.ts"
import { pageOf } from "./paging.ts"

export const listSchemas = operation({
  input: catalogInput,
  access: onWorkgroup("ListSchemas"),
  async run(input, request, warehouse) {
    checkedDatabase(input, warehouse)
    const rows = await lookUp(warehouse, request, (connection) =>
      connection.values(
        `SELECT DISTINCT CASE schema_name WHEN 'main' THEN 'public' ELSE schema_name END AS name FROM duckdb_schemas()
         WHERE database_name NOT IN ('system', 'temp') AND schema_name NOT IN ('redshift_system', 'information_schema', 'pg_catalog') AND name LIKE $pattern ORDER BY 1`,
        { pattern: input.SchemaPattern ?? "%" },
      ),
    )
    const { items, next } = pageOf(rows, input.NextToken, input.MaxResults || 1_000)
    return { body: { Schemas: items.map((row) => String(row.name)), NextToken: next } }
  },
})
