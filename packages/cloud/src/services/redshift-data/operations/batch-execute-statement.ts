import { batchInput } from "../api/fields.ts"
import { onWorkgroup, operation } from "./operation.ts"
import { submit } from "./submit.ts"

export const batchExecuteStatement = operation({
  input: batchInput,
  access: onWorkgroup("BatchExecuteStatement"),
  run: (input, request, warehouse) =>
    submit(input, input.Sqls, { batch: true, autoCommit: input.ExecutionMode === "AUTO_COMMIT" }, request, warehouse),
})
