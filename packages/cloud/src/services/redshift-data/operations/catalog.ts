import * as z from "zod"
import { AwsError, type AwsRequest } from "../../../service.ts"
import { fields, maxResults } from "../api/fields.ts"
import type { Connection } from "../engine/connection.ts"
import { userOf } from "../rights/user.ts"
import { databaseOf, workgroupOf, type Warehouse } from "../warehouse.ts"

/** Members that all look-ups in the catalog take. */
export const catalogInput = z.object({
  Database: fields.Database,
  WorkgroupName: fields.WorkgroupName,
  ClusterIdentifier: fields.ClusterIdentifier,
  NextToken: fields.NextToken,
  MaxResults: maxResults(1_000),
  SchemaPattern: z.string().optional(),
  TablePattern: z.string().optional(),
  Schema: z.string().optional(),
  Table: z.string().optional(),
  ConnectedDatabase: fields.ConnectedDatabase,
})
type CatalogInput = z.output<typeof catalogInput>

/** The database the look-up is about. Throws ValidationException for another one. */
export function checkedDatabase(input: CatalogInput, warehouse: Warehouse): string {
  const database = databaseOf(workgroupOf(input, warehouse), warehouse.cloud)
  if (input.Database !== undefined && input.Database !== database)
    throw new AwsError("ValidationException", `FATAL: database "${input.Database}" does not exist`)
  return database
}

/** Asks the engine on a connection of its own, where the system's views show what the caller may see. */
export async function lookUp<T>(
  warehouse: Warehouse,
  request: AwsRequest,
  ask: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await warehouse.engine.connect()
  try {
    await warehouse.rights.limitViews(connection, userOf(request.caller, warehouse.cloud))
    return await ask(connection)
  } finally {
    connection.close()
  }
}
