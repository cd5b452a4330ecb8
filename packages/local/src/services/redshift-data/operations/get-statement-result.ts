import * as z from "zod"
import { AwsError } from "../../../service.ts"
import { fields } from "../api/fields.ts"
import type { Rows } from "../engine/connection.ts"
import { findPart } from "./describe-statement.ts"
import { ownerOf } from "../warehouse.ts"
import { onAny, operation } from "./operation.ts"

/** A page ends before it is larger than this; the service does not document its own size. */
const PAGE_BYTES = 1024 * 1024

export const getStatementResult = operation({
  input: z.object({ Id: fields.Id, NextToken: fields.NextToken, WaitTimeSeconds: fields.WaitTimeSeconds }),
  access: onAny("GetStatementResult"),
  async run(input, request, warehouse) {
    const { statement, part } = findPart(warehouse.registry.get(input.Id.split(":")[0]!, ownerOf(request)), input.Id)
    await warehouse.registry.wait(statement, input.WaitTimeSeconds, request.signal)
    if (statement.batch && !part)
      throw new AwsError("ValidationException", "A batch has a result per statement: ask for <Id>:<n>.")
    const { rows, hasResult } = part ?? statement.parts[0]!
    if (hasResult && !rows)
      throw new AwsError("ResourceNotFoundException", "Query result has expired.", 400, { ResourceId: input.Id })
    if (statement.status !== "FINISHED" || !rows) {
      throw new AwsError(
        "ResourceNotFoundException",
        "Query does not have result. Please check query status with DescribeStatement.",
        400,
        { ResourceId: input.Id },
      )
    }
    return page(rows, input.NextToken === undefined ? 0 : offsetOf(input.NextToken, input.Id, rows), input.Id)
  },
})

/** Written as text: a 64-bit number keeps its digits. */
function page(rows: Rows, from: number, id: string) {
  let to = from
  for (let bytes = 0; to < rows.rows.length && (to === from || bytes + rows.rows[to]!.length <= PAGE_BYTES); to++)
    bytes += rows.rows[to]!.length
  const next = to < rows.rows.length ? `,"NextToken":${JSON.stringify(Buffer.from(`${id} ${to}`).toString("base64url"))}` : ""
  const body = `{"ColumnMetadata":${JSON.stringify(rows.columns)},"Records":[${rows.rows.slice(from, to).join(",")}],"TotalNumRows":${rows.rows.length}${next}}`
  return { body, units: { rows: to - from, bytes: body.length } }
}

function offsetOf(token: string, id: string, rows: Rows): number {
  const [of, offset] = Buffer.from(token, "base64url").toString("utf8").split(" ")
  const at = Number(offset)
  if (of !== id || !Number.isInteger(at) || at < 1 || at >= rows.rows.length)
    throw new AwsError("ValidationException", "NextToken is not one of this result.")
  return at
}
