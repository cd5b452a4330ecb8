import { type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http"
import { pipeline } from "node:stream"
import type { Cloud } from "../service.ts"

const PREFIX = "/_local/"

/** Per connection, or known better by this server. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "host"])

/** Whether a request of the console's page is meant for the control surface, which only a laptop has. */
export const isControl = (pathname: string): boolean => pathname.startsWith(PREFIX)

/**
 * Hands a request of the console's own page to the control surface on the AWS address, as it came and piece by piece, so that the
 * console needs no second address and its content security policy no exception. The caller has checked Host; Origin travels along
 * and is checked there, where every page but the console's is refused.
 */
export function toControl(cloud: Cloud, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !HOP_BY_HOP.has(name)))
  const onward = httpRequest(`${cloud.awsUrl}${incoming.url}`, { method: incoming.method, headers }, (answer) => {
    const kept = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.has(name))
    outgoing.writeHead(answer.statusCode ?? 502, {
      ...Object.fromEntries(kept),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    })
    pipeline(answer, outgoing, () => onward.destroy())
  })
  onward.once("error", () => {
    if (outgoing.headersSent) outgoing.destroy()
    else outgoing.writeHead(502, { "content-type": "text/plain" }).end("The control surface did not answer.")
  })
  outgoing.once("close", () => onward.destroy())
  incoming.pipe(onward)
}
