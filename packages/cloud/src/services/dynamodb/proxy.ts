import { Agent, request as httpRequest } from "node:http"
import { Agent as TlsAgent, request as httpsRequest } from "node:https"
import { AwsError } from "../../service.ts"

export interface Answer {
  status: number
  body: Buffer
}

/** Asks the engine on the service's own account: not authorised, not logged, no stream record. */
export type Ask = (operation: string, body: object) => Promise<{ status: number; json: any }>

/** Signatures are not verified here; engines only look whether the headers are there and read the access key as a namespace. */
const SIGNED = {
  "content-type": "application/x-amz-json-1.0",
  "x-amz-date": "20250101T000000Z",
  authorization:
    "AWS4-HMAC-SHA256 Credential=backline/20250101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=00",
}

export type Proxy = ReturnType<typeof proxyTo>

/** Sends calls to the engine over connections that stay open. */
export function proxyTo(url: string) {
  const isTls = url.startsWith("https:")
  const agent = new (isTls ? TlsAgent : Agent)({ keepAlive: true, maxSockets: 64, scheduling: "lifo" })

  const send = (target: string, body: Buffer, isRetry = false): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const headers = { ...SIGNED, "x-amz-target": target, "content-length": body.length }
      const outgoing = (isTls ? httpsRequest : httpRequest)(url, { method: "POST", agent, headers }, (incoming) => {
        const chunks: Buffer[] = []
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
        incoming.on("end", () => resolve({ status: incoming.statusCode ?? 500, body: Buffer.concat(chunks) }))
        incoming.on("error", reject)
      })
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        // The engine may close a connection that was idle, just as it is taken again: https://nodejs.org/api/http.html#requestreusedsocket
        if (outgoing.reusedSocket && error.code === "ECONNRESET" && !isRetry) resolve(send(target, body, true))
        else reject(new AwsError("InternalServerError", `The DynamoDB engine at ${url} does not answer: ${error.message}`, 500))
      })
      outgoing.end(body)
    })

  const ask: Ask = async (operation, body) => {
    const answer = await send(`DynamoDB_20120810.${operation}`, Buffer.from(JSON.stringify(body)))
    return { status: answer.status, json: JSON.parse(answer.body.toString("utf8") || "{}") }
  }

  return { send: (target: string, body: Buffer) => send(target, body), ask, close: () => agent.destroy() }
}
