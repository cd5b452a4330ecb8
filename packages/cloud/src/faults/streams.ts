import { exceptionFrame } from "../services/bedrock/frames.ts"
import { AwsError, type AwsResponse } from "../service.ts"

const STREAMED: Readonly<Record<string, readonly string[]>> = { bedrock: ["ConverseStream"], s3: ["GetObject"] }

/** Whether the answer's body is read piece by piece, so that it can break in the middle. */
export const isStreamed = (service: string, operation: string): boolean => STREAMED[service]?.includes(operation) ?? false

/** Time for what was written to leave before the connection breaks; the network's, not AWS's. */
const FLUSH_MS = 20
const flushed = () => new Promise((resolve) => setTimeout(resolve, FLUSH_MS))

async function* piecesOf(body: NonNullable<AwsResponse["body"]>): AsyncGenerator<Uint8Array> {
  if (typeof body === "string") yield Buffer.from(body)
  else if (Buffer.isBuffer(body)) yield body
  else yield* body
}

/** Half of a body of known length, or a stream's first piece; then the connection breaks. */
export function truncated(response: AwsResponse): AwsResponse {
  const { body } = response
  if (body === undefined) return response
  const cut = new AbortController()
  const whole = typeof body === "string" ? Buffer.from(body) : Buffer.isBuffer(body) ? body : undefined
  async function* half(): AsyncGenerator<Uint8Array> {
    for await (const piece of piecesOf(body!)) {
      yield whole ? piece.subarray(0, Math.floor(piece.length / 2)) : piece
      break
    }
    await flushed()
    cut.abort()
  }
  const rest = Object.entries(response.headers ?? {}).filter(([name]) => name.toLowerCase() !== "content-length")
  const headers = { ...Object.fromEntries(rest), ...(whole && { "content-length": String(whole.length) }) }
  return { ...response, headers, body: half(), cut: cut.signal }
}

/** Frames that an answer is cut after: the beginning of the message and its first words. */
const FRAMES = 3

/**
 * An event stream that ends in the middle of an answer, without `messageStop`: it just ends, the connection breaks, or an exception
 * comes inside the stream, where no retry of the client applies.
 */
export function cutStream(response: AwsResponse, { ending, code }: { ending?: string; code?: string }): AwsResponse {
  const { body } = response
  if (body === undefined) return response
  const cut = new AbortController()
  async function* part(): AsyncGenerator<Uint8Array> {
    let frames = 0
    for await (const frame of piecesOf(body!)) {
      if (Buffer.from(frame).includes("messageStop")) break
      yield frame
      if (++frames === FRAMES) break
    }
    if (code) yield exceptionFrame(new AwsError(code, `${code}: a fault was asked for`))
    if (ending !== "reset") return
    await flushed()
    cut.abort()
  }
  return { ...response, body: part(), cut: cut.signal }
}
