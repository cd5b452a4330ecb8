import { createServer, type Http2Session, type ServerHttp2Stream } from "node:http2"
import type { AddressInfo } from "node:net"
import { eventFrame, exceptionFrame } from "../../../cloud/src/services/bedrock/frames.ts"
import { AwsError } from "../../../cloud/src/service.ts"

/** What a scripted model does next on the wire of ConverseStream. */
export type Step =
  /**
   * A piece of text, in the first block; or an order: `END` ends the stream, `RESET` breaks it, `HANG UP` breaks its connection, `SILENCE` says no more and
   * ends nothing, `AGAIN AND AGAIN` repeats the step before until the client has gone.
   */
  | string
  | Uint8Array
  | { event: string; body: object }
  /** An error as an event of the stream. */
  | { fails: string }
  /** Instead of a stream: a status, with the name of its error. */
  | { status: number; name?: string; headers?: Record<string, string>; body?: string }
  | { pause: number }

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export const text = (said: string, contentBlockIndex = 0): Step => ({
  event: "contentBlockDelta",
  body: { contentBlockIndex, delta: { text: said } },
})
export const stop = (stopReason?: string): Step => ({ event: "messageStop", body: { stopReason } })
export const figures: Step = {
  event: "metadata",
  body: { usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 }, metrics: { latencyMs: 5 } },
}
export const done: Step[] = [stop("end_turn"), figures]

/** A call of a tool in one piece; `json` is its input as the model wrote it. The id `none` is not sent. */
export const tool = (json: string, { id = "use1", name = "find_names", index = 1 } = {}): Step[] => [
  {
    event: "contentBlockStart",
    body: { contentBlockIndex: index, start: { toolUse: { toolUseId: id === "none" ? undefined : id, name } } },
  },
  { event: "contentBlockDelta", body: { contentBlockIndex: index, delta: { toolUse: { input: json } } } },
  { event: "contentBlockStop", body: { contentBlockIndex: index } },
]

function bytesOf(step: Exclude<Step, { status: number } | { pause: number }>): Uint8Array {
  if (step instanceof Uint8Array) return step
  if (typeof step === "string") return bytesOf(text(step) as { event: string; body: object })
  if ("fails" in step) return exceptionFrame(new AwsError(step.fails, "It is as it is."))
  return eventFrame(step.event, step.body)
}

function refuse(stream: ServerHttp2Stream, { status, name, headers, body }: Extract<Step, { status: number }>): void {
  stream.respond({ ":status": status, "content-type": "application/json", ...(name && { "x-amzn-errortype": name }), ...headers })
  stream.end(body ?? JSON.stringify({ message: "It is as it is." }))
}

/** Resolves once the client takes more, or has gone. */
const drained = (stream: ServerHttp2Stream) =>
  new Promise<void>((resolve) => {
    stream.once("drain", resolve)
    stream.once("close", resolve)
  })

async function play(steps: readonly Step[], stream: ServerHttp2Stream): Promise<void> {
  const [first] = steps
  if (typeof first === "object" && "status" in first) return refuse(stream, first)
  if (first === "HANG UP") return stream.session?.destroy()
  if (first === "SILENCE") return
  stream.respond({ ":status": 200, "content-type": "application/vnd.amazon.eventstream" })
  let bytes = eventFrame("messageStart", { role: "assistant" })
  stream.write(bytes)
  for (const [index, step] of steps.entries()) {
    // Who listens lives in this process too.
    if (index % 200 === 199) await pause(0)
    if (stream.closed) return
    if (step === "END") break
    if (step === "SILENCE") return
    if (step === "RESET") return stream.close(2)
    if (step === "HANG UP") return stream.session?.destroy()
    if (typeof step === "object" && "pause" in step) await pause(step.pause)
    else if (step === "AGAIN AND AGAIN")
      while (!stream.closed && !stream.destroyed) {
        if (!stream.write(bytes)) await drained(stream)
        else await pause(bytes.length < 1_000 ? 2 : 0)
      }
    else if (!(typeof step === "object" && "status" in step)) {
      bytes = bytesOf(step)
      stream.write(bytes)
    }
  }
  if (!stream.closed) stream.end()
}

/** Bedrock's runtime over HTTP/2, as its SDK client speaks to it: each call plays the next script, the last one again and again. */
export async function startBedrock() {
  let scripts: readonly (readonly Step[])[] = []
  let calls = 0
  const sessions = new Set<Http2Session>()
  const server = createServer()
  server.on("session", (session) => {
    sessions.add(session)
    session.on("close", () => sessions.delete(session))
    session.on("error", () => undefined)
  })
  server.on("stream", (stream) => {
    stream.on("error", () => undefined)
    const script = scripts[Math.min(calls++, scripts.length - 1)]!
    stream.resume()
    stream.on("end", () => void play(script, stream))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plays(next: readonly (readonly Step[])[]): void {
      scripts = next
      calls = 0
    },
    get calls(): number {
      return calls
    },
    stop(): void {
      for (const session of sessions) session.destroy()
      server.close()
    },
  }
}
