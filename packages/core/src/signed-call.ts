import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http"
import { Agent as HttpsAgent, request as httpsRequest } from "node:https"
import { config } from "./config.ts"
import { signer } from "./signature.ts"

export interface Call {
  method: "POST" | "GET" | "PUT" | "DELETE"
  path: string
  /** Encoded, and sorted by name. */
  query?: string
  headers?: Readonly<Record<string, string>>
  body?: Uint8Array
  bodyHash: string
  /** For the whole answer, its body included. */
  timeoutMs: number
  signal?: AbortSignal
}

export interface Answer {
  status: number
  headers: IncomingMessage["headers"]
  body: Buffer
}

/** Sockets to one service at once; what is above waits for a free one. */
const SOCKETS = 64

const CONNECT_MS = 2_000

/** As the SDK has it, a minute inside of what AWS accepts. */
const MAX_SKEW_MS = 240_000

/** Two causes by which a kept socket fails without having carried the request: it was closed while nobody looked, or while the function was frozen. */
const STALE = new Set(["ECONNRESET", "EPIPE"])

/** By the names the SDK gives them. */
const late = (what: string, ms: number): Error =>
  Object.assign(new Error(`No ${what} within ${ms} ms.`), { name: "TimeoutError" })
const calledOff = (): Error => Object.assign(new Error("The call was called off."), { name: "AbortError" })

/** Listeners are few and none is taken off again: this runs for every frame to every reader. */
function answerTo(request: ClientRequest, { body, timeoutMs, signal }: Call): Promise<Answer | "stale"> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => request.destroy(late("answer", timeoutMs)), timeoutMs)
    const abort = signal && (() => request.destroy(calledOff()))
    const end = () => {
      clearTimeout(timer)
      if (abort) signal.removeEventListener("abort", abort)
    }
    if (abort) {
      if (signal.aborted) abort()
      signal.addEventListener("abort", abort, { once: true })
    }
    const fail = (error: Error) => {
      end()
      reject(error)
    }
    let hasBegun = false
    request.on("response", (response) => {
      hasBegun = true
      const { statusCode: status = 0, headers } = response
      const chunks: Buffer[] = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("end", () => {
        end()
        resolve({ status, headers, body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) })
      })
      response.on("error", fail)
    })
    request.on("error", (error: NodeJS.ErrnoException) => {
      if (!request.reusedSocket || hasBegun || !STALE.has(error.code ?? "")) return fail(error)
      end()
      resolve("stale")
    })
    request.end(body)
  })
}

/** A socket that does not open in time fails the request that waits for it. */
function limitConnecting(agent: HttpAgent): void {
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback)!
    const timer = setTimeout(() => socket.destroy(late("connection", CONNECT_MS)), CONNECT_MS)
    const stop = () => clearTimeout(timer)
    socket.once("connect", stop).once("close", stop)
    return socket
  }
}

/**
 * Calls one AWS service with kept connections and a signature of our own, for what is called so often that the SDK's work counts:
 * it costs 12 to 15 times the CPU of the request itself. No retries here but over a stale socket; rejects when nobody answers in time.
 */
export function signedCaller(service: string, endpoint: string) {
  const { protocol, host, hostname, port, pathname } = new URL(endpoint)
  const secure = protocol === "https:"
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, maxSockets: SOCKETS })
    : new HttpAgent({ keepAlive: true, maxSockets: SOCKETS })
  limitConnecting(agent)
  const start = secure ? httpsRequest : httpRequest
  const base = pathname.replace(/\/$/, "")
  const sign = signer(service, config("AWS_REGION"), {
    accessKeyId: config("AWS_ACCESS_KEY_ID"),
    secretAccessKey: config("AWS_SECRET_ACCESS_KEY"),
    sessionToken: config("AWS_SESSION_TOKEN"),
  })
  let skewMs = 0

  /** Takes over the service's time, by the `date` of an answer; says whether that changed anything. Before the next call, as the SDK does. */
  function correctClock(date: string | undefined): boolean {
    const offset = Date.parse(date ?? "") - Date.now()
    if (Number.isNaN(offset) || Math.abs(offset - skewMs) < MAX_SKEW_MS) return false
    skewMs = offset
    return true
  }

  function begin({ method, path, query, headers: own, body, bodyHash }: Call): ClientRequest {
    const whole = base + path
    /** Real time, not that of core/clock.ts: a signature is checked against the service's clock. */
    const headers = sign({ method, host, path: whole, query, headers: own, bodyHash }, Date.now() + skewMs)
    if (body) headers["content-length"] = String(body.length)
    /** Not signed, as proxies may change it. */
    const trace = config("_X_AMZN_TRACE_ID")
    if (trace) headers["x-amzn-trace-id"] = trace
    return start({ agent, method, hostname, port, path: query ? `${whole}?${query}` : whole, headers })
  }

  async function send(call: Call): Promise<Answer> {
    const answer = await answerTo(begin(call), call)
    if (answer !== "stale") return answer
    /** What was idle beside it is as old. */
    for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy()
    const second = await answerTo(begin(call), call)
    if (second === "stale") throw Object.assign(new Error("Two sockets in a row were closed."), { code: "ECONNRESET" })
    return second
  }
  return Object.assign(send, { correctClock, destroy: () => agent.destroy() })
}
