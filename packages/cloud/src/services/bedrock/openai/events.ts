/** The data of each server-sent event of a body, without the closing `[DONE]`; says at the end whether that came. */
export async function* events(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, boolean> {
  const decoder = new TextDecoder()
  let waiting = ""
  for await (const bytes of body) {
    waiting += decoder.decode(bytes, { stream: true })
    const lines = waiting.split(/\r?\n/)
    waiting = lines.pop() ?? ""
    for (const line of lines) {
      if (!line.startsWith("data:")) continue
      const data = line.slice(5).trim()
      if (data === "[DONE]") return true
      if (data !== "") yield data
    }
  }
  return false
}
