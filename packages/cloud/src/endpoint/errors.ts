import { AwsError, type AwsRequest, type AwsResponse, type Service } from "../service.ts"

export type Protocol = Service["protocol"]

const XML_ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" }
export const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (character) => XML_ESCAPES[character]!)

/** What no engine here answers. Status 400, so that SDK clients do not try again. */
export const notSimulated = (service: string, operation: string): AwsError =>
  new AwsError("NotSimulatedException", `NOT_SIMULATED: ${service}.${operation}: the local cloud has no engine for it.`)

/** Anything thrown as an AWS error; what is not ours becomes InternalFailure, which SDK clients retry. */
export function toAwsError(thrown: unknown): AwsError {
  if (thrown instanceof AwsError) return thrown
  // An address with percent signs that mean nothing is the client's mistake, whichever service takes it apart.
  if (thrown instanceof URIError) return new AwsError("InvalidURI", "Couldn't parse the specified URI.")
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new AwsError("InternalFailure", `The local cloud failed: ${message}`, 500)
}

function jsonError(error: AwsError, request: AwsRequest): AwsResponse {
  const contentType = request.headers["content-type"]?.startsWith("application/x-amz-json")
    ? request.headers["content-type"]
    : "application/json"
  return {
    status: error.status,
    headers: {
      ...error.headers,
      "content-type": contentType,
      "x-amzn-requestid": request.requestId,
      "x-amzn-errortype": error.code,
    },
    body: JSON.stringify({ __type: error.code, message: error.message, Message: error.message, ...error.members }),
  }
}

function s3Error(error: AwsError, request: AwsRequest): AwsResponse {
  const fields = {
    Code: error.code,
    Message: error.message,
    ...error.members,
    Resource: request.url.pathname,
    RequestId: request.requestId,
    HostId: request.requestId,
  }
  const inner = Object.entries(fields).map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
  return {
    status: error.status,
    headers: { "content-type": "application/xml", "x-amz-request-id": request.requestId },
    body: request.method === "HEAD" ? undefined : `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner.join("")}</Error>`,
  }
}

function queryError(error: AwsError, request: AwsRequest): AwsResponse {
  const type = error.status < 500 ? "Sender" : "Receiver"
  const inner = `<Type>${type}</Type><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>`
  return {
    status: error.status,
    headers: { "content-type": "text/xml", "x-amzn-requestid": request.requestId },
    body: `<ErrorResponse><Error>${inner}</Error><RequestId>${request.requestId}</RequestId></ErrorResponse>`,
  }
}

/** Writes an error as a client of that protocol reads it. */
export function errorResponse(protocol: Protocol, error: AwsError, request: AwsRequest): AwsResponse {
  if (protocol === "rest-xml") return s3Error(error, request)
  if (protocol === "query") return queryError(error, request)
  return jsonError(error, request)
}

/** The protocol of a service we do not have, from what the client sent. */
export const guessProtocol = (headers: Readonly<Record<string, string>>): Protocol =>
  headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ? "query" : "json"

/** The code in an error that a service wrote by itself (engines behind a proxy do). */
export function errorCodeOf({ headers, body }: AwsResponse): string | undefined {
  if (headers?.["x-amzn-errortype"]) return headers["x-amzn-errortype"]
  const text = typeof body === "string" || Buffer.isBuffer(body) ? body.toString("utf8") : ""
  return (/"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)"/.exec(text) ?? /<Code>([^<]+)<\/Code>/.exec(text))?.[1]
}
