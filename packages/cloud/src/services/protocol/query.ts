import { escapeXml } from "../../endpoint/errors.ts"
import type { AwsRequest, AwsResponse } from "../../service.ts"

export type Xml = string | number | readonly Xml[] | ReadonlyMap<string, Xml> | { readonly [name: string]: Xml | undefined }

/** Objects become elements; lists become `<member>`s, maps `<entry>`s. */
function xml(value: Xml): string {
  if (typeof value === "string" || typeof value === "number") return escapeXml(String(value))
  if (isList(value)) return value.map((one) => `<member>${xml(one)}</member>`).join("")
  if (value instanceof Map)
    return [...value].map(([key, one]) => `<entry><key>${escapeXml(key)}</key><value>${xml(one)}</value></entry>`).join("")
  return Object.entries(value as { [name: string]: Xml | undefined })
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
