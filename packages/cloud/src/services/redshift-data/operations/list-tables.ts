import { catalogInput, checkedDatabase, lookUp } from "./catalog.ts"
import { onWorkgroup, operation } from "./operation.ts"
import { pageOf } from "./paging.ts"

export const listTables = operation({
  input: catalogInput,
  access: onWorkgroup("ListTables"),
  async run(input, request, warehouse) {
    checkedDatabase(input, warehouse)
    const rows = await lookUp(warehouse, request, (connection) =>
      connection.values(
        `SELECT table_schema AS place, table_name AS name, table_type AS type FROM redshift_system.svv_tables WHERE table_schema LIKE $place AND table_name LIKE $pattern ORDER BY 1, 2`,
        { place: input.SchemaPattern ?? "%", pattern: input.TablePattern ?? "%" },
      ),
    )
    const { items, next } = pageOf(rows, input.NextToken, input.MaxResults || 1_000)
    return {
      body: {
        Tables: items.map(({ place, name, type }) => ({ schema: place, name, type: type === "VIEW" ? "VIEW" : "TABLE" })),
        NextToken: next,
      },
    }
  },
})
