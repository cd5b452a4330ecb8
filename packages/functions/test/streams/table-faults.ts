import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

/** What a table does instead of answering: an error, or doing what it was told and not saying so. */
export type Fault = { error: string; status?: number } | "answer is lost" | undefined

interface Asked {
  operation: string
  body: string
}

/** Stands between the product and its tables, and fails what a test tells it to. */
export async function startTableFaults() {
  const engine = process.env.AWS_ENDPOINT_URL_DYNAMODB!
  let faultOf: (asked: Asked) => Fault = () => undefined
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const operation = String(request.headers["x-amz-target"]).split(".").at(-1)!
    const fault = faultOf({ operation, body: body.toString("utf8") })
    const type = { "content-type": "application/x-amz-json-1.0" }
    if (typeof fault === "object") {
      const error = { __type: `com.amazonaws.dynamodb.v20120810#${fault.error}`, message: "It is as it is." }
      return response.writeHead(fault.status ?? 400, type).end(JSON.stringify(error))
    }
    const { host: _host, connection: _connection, "content-length": _length, ...headers } = request.headers
    const answer = await fetch(engine, { method: "POST", headers: headers as Record<string, string>, body })
    const text = await answer.text()
    if (fault === "answer is lost") return request.socket.destroy()
    response.writeHead(answer.status, type).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    fails: (next: (asked: Asked) => Fault) => void (faultOf = next),
    stop(): void {
      server.closeAllConnections()
      server.close()
    },
  }
}
