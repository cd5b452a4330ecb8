import { randomUUID } from "node:crypto"
import type { As, AwsRequest, Caller, Cloud } from "../service.ts"
import { OWN_KEY } from "./access.ts"
import { parseJson } from "./parse.ts"
import type { Answer } from "./pipeline.ts"
import { isStream } from "./write.ts"

type CallRequest = Parameters<Cloud["call"]>[0]

const bytesOf = (body: unknown): Buffer =>
  body === undefined
    ? Buffer.alloc(0)
    : Buffer.isBuffer(body)
      ? body
      : body instanceof Uint8Array
        ? Buffer.from(body)
        : Buffer.from(typeof body === "string" ? body : JSON.stringify(body))

const lowerCased = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** `Cloud.call`: objects become JSON, text and bytes go as they are; the answer's `json` is set where its body is JSON. */
export function inProcess(
  parts: { credentials: { get(accessKeyId: string): Caller | undefined } },
  answer: Answer,
  running: () => Cloud | undefined,
) {
  function callerOf(cloud: Cloud, as: As | undefined): Caller {
    if (as === undefined) return { kind: "admin", accessKeyId: OWN_KEY }
    if (typeof as === "object")
      return "role" in as
        ? { kind: "role", accessKeyId: "role", roleArn: as.role, session: as.session }
        : { kind: "service", accessKeyId: "service", principal: as.service, sourceArn: as.sourceArn }
    const caller = parts.credentials.get(cloud.lambda.credentials(as).accessKeyId)
    if (!caller) throw new Error(`No credentials are registered for function ${as}.`)
    return caller
  }

  return async ({ service, target, method = "POST", path = "/", body, headers = {}, as, signal }: CallRequest) => {
    const cloud = running()
    if (!cloud) throw new Error("The endpoint has no cloud yet: attach() comes before the first call.")
    const isObject = typeof body === "object" && !(body instanceof Uint8Array)
    const request: AwsRequest = {
      service,
      method,
      url: new URL(cloud.awsUrl + path),
      headers: {
        ...(isObject && { "content-type": target ? "application/x-amz-json-1.1" : "application/json" }),
        ...(target && { "x-amz-target": target }),
        ...lowerCased(headers),
      },
      body: bytesOf(body),
      caller: callerOf(cloud, as),
      requestId: randomUUID(),
      signal: signal ?? new AbortController().signal,
    }
    request.json = parseJson(request)
    const answered = await answer(request, cloud)
    try {
      const chunks: Uint8Array[] = []
      if (isStream(answered.body)) for await (const chunk of answered.body) chunks.push(chunk)
      else if (answered.body) chunks.push(Buffer.from(answered.body))
      if (answered.cut?.aborted && isStream(answered.body))
        throw new Error("The connection was reset in the middle of the answer.")
      const bytes = Buffer.concat(chunks)
      const answerHeaders = lowerCased(answered.headers ?? {})
      return { status: answered.status, headers: answerHeaders, body: bytes, json: jsonOf(answerHeaders["content-type"], bytes) }
    } finally {
      answered.done()
    }
  }
}

const jsonOf = (type: string | undefined, body: Buffer): any =>
  body.length > 0 && type?.includes("json") ? JSON.parse(body.toString("utf8")) : undefined
