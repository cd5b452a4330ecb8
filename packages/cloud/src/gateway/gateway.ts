import type { Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"

/** Port of each API or distribution by its id; 0 or absent means any free one. */
export type Ports = Readonly<Record<string, number>>

/** A family of running gateways. */
export interface Gateway {
  /** Address without a trailing slash by API or distribution id: `http://127.0.0.1:<port>`, `ws://…` for WebSocket APIs. */
  urls: Record<string, string>
  /** Figures for GET /_local/state. */
  state(): unknown
  /** Takes routes, authorizers and settings as the templates have them now; open sockets stay. Throws, and keeps what it had, where they cannot be simulated. */
  reload(): void
  /** Closes every socket at once; nothing is drained. */
  stop(): Promise<void>
}

/** Listens on loopback only and answers the port in use. Rejects with EADDRINUSE when the port is taken. */
export async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", () => {
      server.removeListener("error", reject)
      resolve()
    })
  })
  return (server.address() as { port: number }).port
}

/** What API Gateway answers to a host name that is no API's. Here: to a page that pointed its own name at loopback. */
export function forbidden(response: ServerResponse): void {
  response.writeHead(403, { "content-type": "application/json" }).end(JSON.stringify({ message: "Forbidden" }))
}

/** A stop for a server that also ends its upgraded and idle sockets, which `server.close` would wait for. */
export function stopper(server: Server): () => Promise<void> {
  const open = new Set<Socket>()
  server.on("connection", (socket: Socket) => {
    open.add(socket)
    socket.once("close", () => open.delete(socket))
  })
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of open) socket.destroy()
    })
}

/** `12/Mar/2020:19:03:58 +0000`, as API Gateway writes the time of a request. */
export function requestTime(at: number): string {
  const [day, month, year, time] = new Date(at).toUTCString().slice(5).split(" ")
  return `${day}/${month}/${year}:${time} +0000`
}
