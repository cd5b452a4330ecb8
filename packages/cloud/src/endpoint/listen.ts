import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from "node:http"
import {
  createServer as createHttp2,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2"
import { type AddressInfo, createServer, type Socket } from "node:net"

export type Request = IncomingMessage | Http2ServerRequest
export type Response = ServerResponse | Http2ServerResponse
export type Handler = (request: Request, response: Response) => void

export interface Listener {
  listen(port: number): Promise<string>
  address(): string
  close(): Promise<void>
}

/** The client's TCP connection is reset: everything on it breaks, as when the network does it. */
export function reset(response: Response): void {
  const socket = "stream" in response ? response.stream?.session?.socket : response.socket
  ;(socket as Socket | null | undefined)?.resetAndDestroy()
}

/** Workers of functions are frozen between invocations and come back to their connections hours later. */
const KEEP_ALIVE_MS = 24 * 3_600_000
const HTTP2_PREFACE = Buffer.from("PRI")
/** A PutRecords of 5 MB should not wait for window updates. */
const WINDOW_BYTES = 16 * 1_048_576

/**
 * One port for HTTP/1.1 and HTTP/2 without TLS: the Kinesis and Bedrock clients open with the HTTP/2 preface (`PRI * HTTP/2.0`)
 * and nothing announces it, so the first bytes decide.
 */
export function listenOn(handler: Handler): Listener {
  const http1 = createHttp1({ keepAlive: true, keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, headersTimeout: 0 }, handler)
  const http2 = createHttp2({ settings: { initialWindowSize: WINDOW_BYTES } }, handler)
  const sockets = new Set<Socket>()
  const sessions = new Set<ServerHttp2Session>()
  http2.on("session", (session) => {
    session.setLocalWindowSize(WINDOW_BYTES)
    sessions.add(session)
    session.once("close", () => sessions.delete(session))
  })
  // A client that breaks its own session is no failure of the cloud.
  http2.on("sessionError", () => {})
  http1.on("clientError", (_error, socket) => socket.destroy())

  const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
    socket.on("error", () => socket.destroy())
    sniff(socket, (isHttp2) => {
      ;(isHttp2 ? http2 : http1).emit("connection", socket)
      // HTTP/1 listens to the flow, which the sniffing paused; an HTTP/2 session reads what is buffered by itself.
      if (!isHttp2) socket.resume()
    })
  })

  let bound: string | undefined
  /** Every request asks, and Node would ask the system each time. */
  const address = () => (bound ??= `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return {
    address,
    listen: (port) =>
      new Promise((resolve, reject) => {
        server.once("error", reject)
        server.listen(port, "127.0.0.1", () => {
          server.off("error", reject)
          resolve(address())
        })
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const session of sessions) session.destroy()
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** Reads until the protocol is certain and gives every byte back before handing the socket on. */
function sniff(socket: Socket, decide: (isHttp2: boolean) => void): void {
  const seen: Buffer[] = []
  const onData = (chunk: Buffer) => {
    seen.push(chunk)
    const start = Buffer.concat(seen)
    const compared = Math.min(start.length, HTTP2_PREFACE.length)
    const mayBe = start.subarray(0, compared).equals(HTTP2_PREFACE.subarray(0, compared))
    if (mayBe && compared < HTTP2_PREFACE.length) return
    socket.off("data", onData)
    socket.pause()
    socket.unshift(start)
    decide(mayBe)
  }
  socket.on("data", onData)
  socket.resume()
}
