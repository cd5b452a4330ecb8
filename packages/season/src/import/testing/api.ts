import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

export interface Sent {
  id: string
  type: string
  at: number
  data: any
}

/** For tests: an API that keeps what it is sent, misbehaves on request, and says that the warehouse has it after a few questions. */
export async function startApi() {
  const events: Sent[] = []
  const requests: { ids: string[]; token: string | undefined }[] = []
  const control = {
    /** Answers the n-th POST /events (from 1) itself. */
    misbehave: (
      _request: number,
      _events: Sent[],
    ): { status: number; body?: unknown; headers?: Record<string, string> } | undefined => undefined,
    /** Codes of refused items inside a 202. */
    refuse: (_request: number, _event: Sent): string | undefined => undefined,
    /** So many questions about progress are answered "not yet". */
    lag: 2,
    inFlight: 0,
    mostInFlight: 0,
    health: 200,
  }
  let sequence = 0
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...headers })
      response.end(JSON.stringify(body))
    }
    let text = ""
    for await (const chunk of request) text += chunk
    if (request.url === "/health") return answer(control.health, {})
    if (request.headers["x-amz-target"])
      return answer(200, { AuthenticationResult: { AccessToken: `signed-in-${JSON.parse(text).AuthParameters.USERNAME}` } })
    if (request.url === "/ingest/progress") {
      const loaded = control.lag-- > 0 ? "0" : String(sequence)
      return answer(200, { shards: [{ stream: "concerts", shard: "s0", consumed: String(sequence), loaded }] })
    }
    if (request.url !== "/events") return answer(404, { message: "Not Found" })
    const sent = JSON.parse(text).events as Sent[]
    requests.push({ ids: sent.map(({ id }) => id), token: request.headers.authorization })
    const number = requests.length
    control.mostInFlight = Math.max(control.mostInFlight, ++control.inFlight)
    await new Promise((resolve) => setTimeout(resolve, 5))
    control.inFlight--
    const odd = control.misbehave(number, sent)
    if (odd) return answer(odd.status, odd.body ?? {}, odd.headers)
    const rejected = sent.flatMap((event, index) => {
      const code = control.refuse(number, event)
      return code ? [{ index, code, message: `${code} of ${event.id}` }] : []
    })
    const refused = new Set(rejected.map(({ index }) => index))
    events.push(...sent.filter((_, index) => !refused.has(index)))
    sequence += sent.length
    answer(202, {
      accepted: sent.length - rejected.length,
      rejected,
      positions: [{ stream: "concerts", shard: "s0", sequence: String(sequence) }],
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const http = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { http, events, requests, control, stop }
}
