import { type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http"
import { pipeline } from "node:stream"
import { askerOf, mayControl } from "../endpoint/origin.ts"
import type { Cloud } from "../service.ts"

const PREFIX = "/_local/"

/** Per connection, or known better by this server. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "host"])
/** What a browser says of its page, seen from this address: on the next one it would mean another. */
const OF_PAGE = new Set(["origin", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-fetch-user"])

/** Whether a request of the console's page is meant for the control surface, which only a laptop has. */
export const isControl = (pathname: string): boolean => pathname.startsWith(PREFIX)

/**
 * Hands a request of the console's own page to the control surface on the AWS address, as it came and piece by piece, so that the
 * console needs no second address and its content security policy no exception. The caller has checked Host. Who asks is judged here,
 * where the browser's words are about this address, and passed on as the console's Origin, which the AWS address knows.
 */
export function toControl(cloud: Cloud, console: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const said = incoming.headers as Record<string, string | undefined>
  const isSame = said.origin === undefined && said["sec-fetch-site"] === "same-origin"
  if (!isSame && !mayControl(askerOf(said, [console]), incoming.method ?? "GET", said)) {
    outgoing.writeHead(403, { "content-type": "application/json" })
    outgoing.end(JSON.stringify({ message: "This page may not control the local cloud." }))
    incoming.resume()
    return
  }
  const passed = Object.entries(incoming.headers).filter(([name]) => !HOP_BY_HOP.has(name) && !OF_PAGE.has(name))
  const headers = { ...Object.fromEntries(passed), origin: console }
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
