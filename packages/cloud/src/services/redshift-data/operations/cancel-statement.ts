import * as z from "zod"
import { AwsError } from "../../../service.ts"
import { fields } from "../api/fields.ts"
import { isOver } from "../api/statement.ts"
import { ownerOf } from "../warehouse.ts"
import { onAny, operation } from "./operation.ts"

/** Stops a statement that waits or runs; its work is rolled back and it ends as ABORTED. A part of a batch cannot be cancelled alone. */
export const cancelStatement = operation({
  input: z.object({ Id: fields.Id }),
  access: onAny("CancelStatement"),
  run(input, request, warehouse) {
    if (input.Id.includes(":"))
      throw new AwsError("ValidationException", "A sub-statement cannot be cancelled: cancel the batch.")
    const statement = warehouse.registry.get(input.Id, ownerOf(request))
    if (isOver(statement.status))
      throw new AwsError(
        "ValidationException",
        `Could not cancel a query that is already in ${statement.status} state with ID: ${input.Id}`,
      )
    warehouse.cancel(statement)
    return { body: { Status: true } }
  },
})
