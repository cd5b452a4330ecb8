import type { Writable } from "node:stream"
import type { AwsResponse } from "../service.ts"
import { reset, type Response } from "./listen.ts"

export const isStream = (body: AwsResponse["body"]): body is AsyncIterable<Uint8Array> =>
  typeof body === "object" && !Buffer.isBuffer(body)

/** HTTP/2 refuses headers that speak about the connection. */
const CONNECTION_HEADERS = new Set(["connection", "keep-alive", "transfer-encoding"])

/** Whether nobody reads any more; an HTTP/2 response throws when its stream is gone. */
const isGone = (response: Response): boolean =>
  response.writableEnded || ("stream" in response ? !response.stream || response.stream.destroyed : response.destroyed)

/** Resolves when the reader took what is buffered, or left. */
function drained(writable: Writable): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      writable.off("drain", settle)
      writable.off("close", settle)
      resolve()
    }
    writable.on("drain", settle)
    writable.on("close", settle)
  })
}

/** Writes an answer; a stream piece by piece, at the reader's pace. When the client is gone the stream is closed, not drained. */
export async function write(response: Response, answer: AwsResponse, isHead = false): Promise<void> {
  const { status, headers = {}, body, cut } = answer
  if (isGone(response)) return
  if (cut?.aborted) return reset(response)
  cut?.addEventListener("abort", () => reset(response), { once: true })
  const sent: Record<string, string> = Object.fromEntries(
    Object.entries(headers).filter(([name]) => !CONNECTION_HEADERS.has(name.toLowerCase())),
  )
  if (!isStream(body)) {
    const bytes = typeof body === "string" ? Buffer.from(body) : body
    if (!isHead) sent["content-length"] = String(bytes?.length ?? 0)
    response.writeHead(status, sent)
    // Both kinds of response are writable streams; their common type is not.
    ;(response as unknown as Writable).end(isHead ? undefined : bytes)
    return
  }
  response.writeHead(status, sent)
  const writable = response as unknown as Writable
  for await (const chunk of body) {
    if (isGone(response)) return
    if (!writable.write(chunk)) await drained(writable)
  }
  if (!isGone(response)) writable.end()
}
