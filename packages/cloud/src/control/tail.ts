import type { AwsResponse } from "../service.ts"

/** Events that may wait for one reader; a reader who falls further behind is cut, so that it cannot hold the cloud's memory. */
const MAX_WAITING = 5_000
/** A comment in a quiet stream, by which a reader who has gone is found out. */
const QUIET_MS = 15_000

/**
 * An answer of Server-Sent Events. `follow` gets a function that sends one event with its id, and returns how to stop; it is stopped
 * when the reader leaves or is cut. https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function events(signal: AbortSignal, follow: (send: (id: number, data: unknown) => void) => () => void): AwsResponse {
  const cut = new AbortController()
  const waiting: string[] = []
  let wake = () => {}
  const push = (text: string) => {
    waiting.push(text)
    wake()
    if (waiting.length > MAX_WAITING) cut.abort()
  }
  async function* body(): AsyncGenerator<Uint8Array> {
    const stop = follow((id, data) => push(`id: ${id}\ndata: ${JSON.stringify(data)}\n\n`))
    const quiet = setInterval(() => push(": quiet\n\n"), QUIET_MS).unref()
    const ended = AbortSignal.any([signal, cut.signal])
    ended.addEventListener("abort", stop, { once: true })
    ended.addEventListener("abort", () => wake(), { once: true })
    try {
      yield Buffer.from(": following\n\n")
      while (!ended.aborted) {
        const text = waiting.splice(0).join("")
        if (text) yield Buffer.from(text)
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      clearInterval(quiet)
      stop()
    }
  }
  return {
    status: 200,
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    body: body(),
    cut: cut.signal,
  }
}
