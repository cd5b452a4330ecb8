import { catalogInput, checkedDatabase } from "./catalog.ts"
import { onWorkgroup, operation } from "./operation.ts"

export const listDatabases = operation({
  input: catalogInput,
  access: onWorkgroup("ListDatabases"),
  run: (input, _request, warehouse) => ({ body: { Databases: [checkedDatabase(input, warehouse)] } }),
})
