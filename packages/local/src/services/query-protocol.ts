import { escapeXml } from "../endpoint/errors.ts"
import type { AwsRequest, AwsResponse } from "../service.ts"

export type Xml = string | number | readonly Xml[] | { readonly [name: string]: Xml | undefined }

/** Objects become elements; lists become `<member>`s. */
function xml(value: Xml): string {
  if (typeof value === "string" || typeof value === "number") return escapeXml(String(value))
  if (isList(value)) return value.map((one) => `<member>${xml(one)}</member>`).join("")
  return Object.entries(value)
    .filter((entry): entry is [string, Xml] => entry[1] !== undefined)
    .map(([name, inner]) => `<${name}>${xml(inner)}</${name}>`)
    .join("")
}

const isList = (value: Xml): value is readonly Xml[] => Array.isArray(value)

/** The fields of a query-protocol request (`Action=…&StackName=…`). */
export const formOf = (request: AwsRequest): URLSearchParams =>
  request.body.length > 0 ? new URLSearchParams(request.body.toString("utf8")) : request.url.searchParams

/** `<XResponse><XResult>…</XResult>…`: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export function queryAnswer(operation: string, namespace: string, result: Xml, requestId: string): AwsResponse {
  const body = xml({ [`${operation}Result`]: result, ResponseMetadata: { RequestId: requestId } })
  return {
    status: 200,
    headers: { "content-type": "text/xml" },
    body: `<${operation}Response xmlns="${namespace}">${body}</${operation}Response>`,
  }
}
