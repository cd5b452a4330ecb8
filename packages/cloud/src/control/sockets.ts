import * as z from "zod"
import { json, missing, parsedBody, type Route } from "./route.ts"

const Break = z.strictObject({ kind: z.enum(["reset", "blackhole"]) })

/** The live WebSocket connections. */
export const listSockets: Route = {
  method: "GET",
  path: "sockets",
  answer: (_, { sockets }) =>
    json(200, {
      items: sockets.all().map(({ socket, inbox, ...connection }) => ({
        ...connection,
        blackholed: connection.blackholed ?? false,
        open: socket?.readyState === 1,
        waiting: inbox?.waiting ?? 0,
        buffered: socket?.bufferedAmount ?? 0,
      })),
    }),
}

/** Breaks one: `reset` cuts its TCP connection, `blackhole` swallows everything from now on and tells nobody. */
export const breakSocket: Route = {
  method: "POST",
  path: "sockets/{connectionId}",
  answer({ params, body }, { sockets }) {
    const how = parsedBody(Break, body)
    if ("refusal" in how) return how.refusal
    const { connectionId = "" } = params
    const { kind } = how.is
    return sockets[kind](connectionId)
      ? json(200, { connectionId, kind })
      : missing("connection", `No socket has the id ${connectionId}: GET /_local/sockets lists them.`)
  },
}
