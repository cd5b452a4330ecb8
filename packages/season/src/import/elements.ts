import { createReadStream } from "node:fs"
import { createGunzip } from "node:zlib"

const [QUOTE, BACKSLASH, OPEN, CLOSE, LIST, LIST_END] = [34, 92, 123, 125, 91, 93]

/**
 * The text of each object in the list of a file `{"name": [{…}, {…}]}` or `[{…}, {…}]`, as the file is read, so that memory holds one of them at a time and
 * a broken one leaves the others readable. Files that end in `.gz` are unpacked on the way. Throws when the file ends inside its list.
 */
export async function* elementsOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path)
  const bytes = path.endsWith(".gz") ? file.pipe(createGunzip()) : file
  // A pipe does not pass errors on: without this, a file that vanishes would hang the reader.
  if (bytes !== file) file.on("error", (error) => bytes.destroy(error))
  const decoder = new TextDecoder()
  let open = ""
  let inString = false
  let escaped = false
  let captured: string | undefined
  let sawList = false
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    const text = decoder.decode(chunk, { stream: true })
    let start = 0
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      if (inString) {
        if (escaped) escaped = false
        else if (code === BACKSLASH) escaped = true
        else if (code === QUOTE) inString = false
      } else if (code === QUOTE) inString = true
      else if (code === OPEN || code === LIST) {
        if (captured === undefined && code === OPEN && (open === "{[" || open === "[")) {
          captured = ""
          start = index
        }
        if (code === LIST && open.length <= 1) sawList = true
        open += text[index]
      } else if (code === CLOSE || code === LIST_END) {
        open = open.slice(0, -1)
        if (captured !== undefined && (open === "{[" || open === "[")) {
          yield captured + text.slice(start, index + 1)
          captured = undefined
        }
      }
    }
    if (captured !== undefined) captured += text.slice(start)
  }
  if (open !== "" || inString) throw new Error("the file ends in the middle")
  if (!sawList) throw new Error('the file holds no list of programs ({"programs": […]})')
}
