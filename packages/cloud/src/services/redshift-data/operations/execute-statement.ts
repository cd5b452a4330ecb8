import { executeInput } from "../api/fields.ts"
import { onWorkgroup, operation } from "./operation.ts"
import { submit } from "./submit.ts"

export const executeStatement = operation({
  input: executeInput,
  access: onWorkgroup("ExecuteStatement"),
  run: (input, request, warehouse) => submit(input, [input.Sql], { batch: false, autoCommit: false }, request, warehouse),
})
