import * as z from "zod"
import { AwsError, type AwsRequest } from "../../../service.ts"
import { fields } from "../api/fields.ts"
import type { Statement } from "../api/statement.ts"
import type { Rows } from "../engine/connection.ts"
import { findPart } from "./describe-statement.ts"
import { ownerOf, type Warehouse } from "../warehouse.ts"
import { onAny, operation } from "./operation.ts"

/** A page ends before it is larger than this; the service does not document its own size. */
const PAGE_BYTES = 1024 * 1024

const input = z.object({ Id: fields.Id, NextToken: fields.NextToken, WaitTimeSeconds: fields.WaitTimeSeconds })

/** Waits, and finds the rows of a statement, or of one part of a batch. Throws where there are none, or they are of the other format. */
async function resultOf(
  asked: z.output<typeof input>,
  format: Statement["format"],
  request: AwsRequest,
  warehouse: Warehouse,
): Promise<Rows> {
  const { statement, part } = findPart(warehouse.registry.get(asked.Id.split(":")[0]!, ownerOf(request)), asked.Id)
  await warehouse.registry.wait(statement, asked.WaitTimeSeconds, request.signal)
  if (statement.batch && !part) throw new AwsError("ValidationException", "A batch has a result per statement: ask for <Id>:<n>.")
  if (statement.format !== format) {
    const other = statement.format === "CSV" ? "GetStatementResultV2" : "GetStatementResult"
    throw new AwsError(
      "ValidationException",
      `The result of this statement is in ${statement.format} format: read it with ${other}.`,
    )
  }
  const { rows, hasResult } = part ?? statement.parts[0]!
  if (hasResult && !rows)
    throw new AwsError("ResourceNotFoundException", "Query result has expired.", 400, { ResourceId: asked.Id })
  if (statement.status !== "FINISHED" || !rows) {
    throw new AwsError(
      "ResourceNotFoundException",
      "Query does not have result. Please check query status with DescribeStatement.",
      400,
      { ResourceId: asked.Id },
    )
  }
  return rows
}

export const getStatementResult = operation({
  input,
  access: onAny("GetStatementResult"),
  async run(asked, request, warehouse) {
    const rows = await resultOf(asked, "JSON", request, warehouse)
    const { from, to, next } = page(rows, asked)
    // Written as text: a 64-bit number keeps its digits.
    const token = next ? `,"NextToken":${JSON.stringify(next)}` : ""
    const body = `{"ColumnMetadata":${JSON.stringify(rows.columns)},"Records":[${rows.rows.slice(from, to).join(",")}],"TotalNumRows":${rows.rows.length}${token}}`
    return { body, units: { rows: to - from, bytes: body.length } }
  },
})

/** https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_GetStatementResultV2.html */
export const getStatementResultV2 = operation({
  input,
  access: onAny("GetStatementResultV2"),
  async run(asked, request, warehouse) {
    const rows = await resultOf(asked, "CSV", request, warehouse)
    const { from, to, next } = page(rows, asked)
    const CSVRecords = rows.rows.slice(from, to).map(csvOf).join("")
    const Records = to > from ? [{ CSVRecords }] : []
    const body = { ColumnMetadata: rows.columns, Records, TotalNumRows: rows.rows.length, ResultFormat: "CSV", NextToken: next }
    return { body, units: { rows: to - from, bytes: CSVRecords.length } }
  },
})

/** One row as CSV, with the digits it was written with: NULL is nothing, an empty text is "". */
function csvOf(row: string): string {
  const values = [
    ...row.matchAll(/\{"(isNull|longValue|doubleValue|booleanValue|stringValue)":("(?:[^"\\]|\\.)*"|[^}]*)\}/g),
  ].map(([, kind, value]) => {
    if (kind === "isNull") return ""
    const text = value!.startsWith('"') ? String(JSON.parse(value!)) : value!
    return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  })
  return `${values.join(",")}\r\n`
}

function page(rows: Rows, { Id: id, NextToken }: z.output<typeof input>): { from: number; to: number; next?: string } {
  const from = NextToken === undefined ? 0 : offsetOf(NextToken, id, rows)
  let to = from
  for (let bytes = 0; to < rows.rows.length && (to === from || bytes + rows.rows[to]!.length <= PAGE_BYTES); to++)
    bytes += rows.rows[to]!.length
  return { from, to, next: to < rows.rows.length ? Buffer.from(`${id} ${to}`).toString("base64url") : undefined }
}

function offsetOf(token: string, id: string, rows: Rows): number {
  const [of, offset] = Buffer.from(token, "base64url").toString("utf8").split(" ")
  const at = Number(offset)
  if (of !== id || !Number.isInteger(at) || at < 1 || at >= rows.rows.length)
    throw new AwsError("ValidationException", "NextToken is not one of this result.")
  return at
}
