import { randomUUID } from "node:crypto"
import { AwsError, type AwsRequest, type AwsResponse, type Caller, type Cloud, type Service } from "../service.ts"
import { formAccessKeyId, isBareS3 } from "./bare.ts"
import { readBody } from "./body.ts"
import { readEnvelope } from "./envelope.ts"
import { errorResponse, guessProtocol, toAwsError } from "./errors.ts"
import type { ControlRequest } from "./control-request.ts"
import type { Handler, Request, Response } from "./listen.ts"
import { noted } from "./note.ts"
import { askerOf, isBelieved, isCognitoPreflight, isLoopbackHost, mayCall, mayControl, preflightHeaders } from "./origin.ts"
import { parseJson } from "./parse.ts"
import type { Answer } from "./pipeline.ts"
import { write } from "./write.ts"

interface Parts {
  answer: Answer
  /** What pages of other origins may do with S3. */
  browser: Service["browser"]
  credentials: { get(accessKeyId: string): Caller | undefined }
  unsignedPaths: readonly { pattern: RegExp; service: string }[]
  control?(request: ControlRequest): Promise<AwsResponse>
  origins?(): readonly string[]
  cloud(): Cloud | undefined
  address(): string
}

const plain = (status: number, message: string): AwsResponse => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ message }),
})

const FOREIGN =
  "Only S3, by a function's signed URL or form, may be called from a page of another origin, and nothing but reads by a browser that names no page. Use a program, or a page of the console's address."

/** URL parsing resolves these, encoded ones too, so the key that IAM sees would not be the key that was sent. */
const DOT_SEGMENT = /^[^?]*\/(?:\.|%2e){1,2}(?:[/?]|$)/i

/** HTTP/2 names the host in `:authority`; repeated headers are joined, pseudo headers left out. */
function headersOf(request: Request): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && !name.startsWith(":")) headers[name] = Array.isArray(value) ? value.join(", ") : value
  const authority = (request.headers as Record<string, string | undefined>)[":authority"]
  if (headers.host === undefined && authority) headers.host = authority
  return headers
}

/** Aborted when the client leaves before the answer was given; HTTP/2 responses know `writableEnded` only. */
function abortedWith(response: Response): AbortSignal {
  const controller = new AbortController()
  response.once("close", () => response.writableEnded || controller.abort())
  return controller.signal
}

/** Reads one HTTP request into an AwsRequest, has it answered and writes the answer; never throws. */
export function serve(parts: Parts): Handler {
  const callerOf = (accessKeyId: string | undefined): Caller =>
    (accessKeyId && parts.credentials.get(accessKeyId)) || { kind: "admin", accessKeyId }

  async function respond(incoming: Request, outgoing: Response): Promise<void> {
    const headers = headersOf(incoming)
    const method = incoming.method ?? "GET"
    if (!isLoopbackHost(headers.host)) return write(outgoing, plain(403, "Use the loopback address of the local cloud."))
    // Appending, because `new URL("//name", base)` would read a host.
    const url = new URL(parts.address() + (incoming.url ?? "/"))
    const asker = askerOf(headers, parts.origins?.() ?? [])
    const signal = abortedWith(outgoing)

    if (url.pathname.startsWith("/_local/")) {
      if (!mayControl(asker, method, headers)) return write(outgoing, plain(403, "This page may not control the local cloud."))
      if (!parts.control) return write(outgoing, plain(404, "The local cloud has no control surface here."))
      return write(outgoing, await parts.control({ method, url, headers, body: await readBody(incoming), signal }))
    }
    const cloud = parts.cloud()
    const made = (service: string, caller: Caller): AwsRequest => ({
      service,
      method,
      url,
      headers,
      body: Buffer.alloc(0),
      caller,
      requestId: randomUUID(),
      signal,
    })
    if (method === "OPTIONS" && headers["access-control-request-method"]) {
      if (isCognitoPreflight(url, headers))
        return write(outgoing, { status: 200, headers: preflightHeaders(headers["access-control-request-headers"]) })
      if (!parts.browser || !cloud) return write(outgoing, plain(403, "Only Cognito and S3 may be called from a browser."))
      return write(outgoing, parts.browser.preflight(made("s3", callerOf(undefined)), cloud))
    }

    const envelope = readEnvelope(url, headers, parts.unsignedPaths)
    const { service = isBareS3(method, headers) ? "s3" : "", accessKeyId } = envelope
    if (!mayCall(asker, service, method, headers)) return write(outgoing, plain(403, FOREIGN))

    const request = made(service, { ...callerOf(accessKeyId), ...(envelope.inUrl && { signedInUrl: true }) })
    try {
      request.body = await readBody(incoming, service)
      if (service === "s3" && accessKeyId === undefined) request.caller = callerOf(formAccessKeyId(headers, request.body))
      if (
        !isBelieved(asker, method) &&
        service !== "cognito-idp" &&
        request.caller.kind === "admin" &&
        request.caller.accessKeyId
      )
        return write(outgoing, plain(403, FOREIGN))
      if (DOT_SEGMENT.test(incoming.url ?? ""))
        throw new AwsError("InvalidURI", "Couldn't parse the specified URI: `.` and `..` are no path segments here.")
      if (!cloud) throw new AwsError("ServiceUnavailable", "The local cloud is still starting. Try again in a second.", 503)
      request.json = parseJson(request)
    } catch (thrown) {
      const protocol = service === "s3" ? "rest-xml" : guessProtocol(headers)
      return write(outgoing, errorResponse(protocol, toAwsError(thrown), request))
    }
    const answered = await parts.answer(request, cloud)
    const cors: Record<string, string> =
      service === "cognito-idp" && headers.origin
        ? { "access-control-allow-origin": "*", "access-control-expose-headers": "x-amzn-RequestId,x-amzn-ErrorType" }
        : (service === "s3" && headers.origin && parts.browser?.headers(request, cloud)) || {}
    try {
      await write(
        outgoing,
        { ...answered, headers: { "x-amzn-requestid": request.requestId, ...answered.headers, ...cors } },
        method === "HEAD",
      )
    } finally {
      if (answered.cut?.aborted || signal.aborted) noted(request, { status: 0, error: answered.cut ? "ECONNRESET" : "aborted" })
      answered.done()
    }
  }

  return (incoming, outgoing) => {
    respond(incoming, outgoing).catch((thrown: unknown) => {
      parts
        .cloud()
        ?.log("endpoint", `${incoming.method} ${incoming.url} failed: ${thrown instanceof Error ? thrown.stack : String(thrown)}`)
      if (!outgoing.headersSent) void write(outgoing, plain(500, toAwsError(thrown).message))
      else outgoing.destroy()
    })
  }
}
