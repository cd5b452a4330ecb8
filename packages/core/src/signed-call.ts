import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http"
import { Agent as HttpsAgent, request as httpsRequest } from "node:https"
import { now } from "./clock.ts"
import { config } from "./config.ts"
import { signer } from "./signature.ts"

export interface Call {
  method: "POST" | "GET" | "DELETE"
  path: string
  headers?: Readonly<Record<string, string>>
  body?: Uint8Array
  bodyHash: string
  timeoutMs: number
}

export interface Answer {
  status: number
  headers: IncomingMessage["headers"]
  body: Buffer
}

/** Sockets to one service at once; what is above waits for a free one. */
const SOCKETS = 64

/** Two causes by which a kept socket fails without having carried the request: it was closed while nobody looked, or while the function was frozen. */
const STALE = new Set(["ECONNRESET", "EPIPE"])

function once(send: () => ClientRequest, { body, timeoutMs }: Call): Promise<Answer | "stale"> {
  return new Promise((resolve, reject) => {
    const request = send()
    const timer = setTimeout(() => request.destroy(new Error(`No answer within ${timeoutMs} ms.`)), timeoutMs)
    request.once("response", (response) => {
      const chunks: Buffer[] = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.once("end", () => {
        clearTimeout(timer)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
      })
      response.once("error", reject)
    })
    request.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      if (request.reusedSocket && STALE.has(error.code ?? "")) resolve("stale")
      else reject(error)
    })
    request.end(body)
  })
}

/**
 * Calls one AWS service with kept connections and a signature of our own, for what is called so often that the SDK's work counts:
 * it costs 12 to 15 times the CPU of the request itself. No retries here; rejects when nobody answers in time.
 */
export function signedCaller(service: string, endpoint: string) {
  const { protocol, host, hostname, port, pathname } = new URL(endpoint)
  const secure = protocol === "https:"
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, maxSockets: SOCKETS })
    : new HttpAgent({ keepAlive: true, maxSockets: SOCKETS })
  const start = secure ? httpsRequest : httpRequest
  const base = pathname.replace(/\/$/, "")
  const sign = signer(service, config("AWS_REGION"), {
    accessKeyId: config("AWS_ACCESS_KEY_ID"),
    secretAccessKey: config("AWS_SECRET_ACCESS_KEY"),
    sessionToken: config("AWS_SESSION_TOKEN"),
  })

  return async (call: Call): Promise<Answer> => {
    const path = base + call.path
    const send = () => {
      const headers = sign({ method: call.method, host, path, headers: call.headers, bodyHash: call.bodyHash }, now())
      if (call.body) headers["content-length"] = String(call.body.length)
      return start({ agent, method: call.method, hostname, port, path, headers })
    }
    for (;;) {
      const answer = await once(send, call)
      if (answer !== "stale") return answer
    }
  }
}
