import { escapeXml } from "../../endpoint/errors.ts"
import type { AwsRequest, AwsResponse, Service } from "../../service.ts"
import { type Answering, answering } from "./answer.ts"
import { Form } from "./form.ts"

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
function queryAnswer(operation: string, namespace: string, result: Xml, requestId: string): AwsResponse {
  const body = xml({ [`${operation}Result`]: result, ResponseMetadata: { RequestId: requestId } })
  return {
    status: 200,
    headers: { "content-type": "text/xml" },
    body: `<${operation}Response xmlns="${namespace}">${body}</${operation}Response>`,
  }
}

interface Options<Context> extends Answering<Context, Form> {
  /** Of the XML in its answers. */
  namespace: string
}

/** A service that speaks AWS query: form fields in, XML out. */
export const queryService = <Context>({
  namespace,
  ...service
}: Options<Context>): Pick<Service, "names" | "operations" | "protocol" | "authorize" | "handle"> => ({
  ...answering(service, {
    operation: (request) => formOf(request).get("Action") ?? "(none)",
    input: (request) => new Form(new Map(formOf(request))),
    given: (form) => form.members(),
    write: (operation, { output = {}, units }, { requestId }) => ({
      ...queryAnswer(operation, namespace, output as Xml, requestId),
      units,
    }),
  }),
  protocol: "query",
})
