import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

export type Script = (request: { body: any; headers: IncomingMessage["headers"] }, response: ServerResponse) => unknown

/** An OpenAI-compatible server for tests: each request is answered by the script that is set at the time, and remembered. */
export async function fakeOpenAi() {
  const seen: { body: any; headers: IncomingMessage["headers"] }[] = []
  let script: Script = (_, response) => response.writeHead(500).end()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const call = { body: JSON.parse(Buffer.concat(chunks).toString("utf8")), headers: request.headers }
    seen.push(call)
    if (request.url !== "/v1/chat/completions") response.writeHead(404).end("{}")
    else script(call, response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    answer: (next: Script) => void (script = next),
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Writes chunks as server-sent events, then `[DONE]` unless the stream is to be cut. */
export const stream =
  (chunks: object[], { done = true } = {}): Script =>
  (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" })
    for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`)
    if (done) response.end("data: [DONE]\n\n")
    else response.destroy()
  }

export const delta = (content: object, finish_reason: string | null = null) => ({ choices: [{ delta: content, finish_reason }] })
