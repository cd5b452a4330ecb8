/**
 * The data of each server-sent event of a body, without the closing `[DONE]`. A server that was asked for a stream and answers with one JSON body has said
 * all at once: that body is its one event. Lines may end in any of the three ways, the last one in none.
 */
export async function* events(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let waiting = ""
  let kind: "events" | "whole" | undefined
  for await (const bytes of body) {
    waiting += decoder.decode(bytes, { stream: true })
    const start = waiting.trimStart()
    if (start !== "") kind ??= /^[[{]/.test(start) ? "whole" : "events"
    if (kind !== "events") continue
    const lines = waiting.split(/\r?\n|\r(?!$)/)
    waiting = lines.pop() ?? ""
    for (const line of lines) {
      const data = dataOf(line)
      if (data === "[DONE]") return
      if (data !== "") yield data
    }
  }
  waiting += decoder.decode()
  const last = kind === "whole" ? waiting.trim() : dataOf(waiting)
  if (last !== "" && last !== "[DONE]") yield last
}

const dataOf = (line: string): string => (line.startsWith("data:") ? line.slice(5).trim() : "")
