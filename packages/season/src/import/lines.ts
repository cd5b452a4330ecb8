import { createReadStream } from "node:fs"
import { createInterface } from "node:readline"
import { createGunzip } from "node:zlib"

/** A longer line is no row of a table. */
const MOST_CHARACTERS = 20_000

export interface Line {
  /** From 1, as editors count. */
  number: number
  text: string
}

/** The lines of a text file, without blank ones, as it is read; `.gz` is unpacked on the way. */
export async function* linesOf(path: string): AsyncGenerator<Line> {
  const file = createReadStream(path)
  const bytes = path.endsWith(".gz") ? file.pipe(createGunzip()) : file
  if (bytes !== file) file.on("error", (error) => bytes.destroy(error))
  let number = 0
  // Errors of the stream reach nobody through readline alone.
  const failed = new Promise<never>((_, reject) => bytes.once("error", reject))
  failed.catch(() => undefined)
  const lines = createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  for (;;) {
    const { value, done } = await Promise.race([lines.next(), failed])
    if (done) return
    number++
    const text = number === 1 ? value.replace(/^\uFEFF/, "") : value
    if (text.trim() !== "") yield { number, text: text.slice(0, MOST_CHARACTERS) }
  }
}

/** The cells of a CSV line (RFC 4180, without line breaks inside of cells), or undefined where its quotes do not match. */
export function cellsOf(text: string): string[] | undefined {
  const cells: string[] = []
  let at = 0
  for (;;) {
    if (text[at] === '"') {
      let cell = ""
      for (at++; ; at++) {
        const end = text.indexOf('"', at)
        if (end < 0) return undefined
        cell += text.slice(at, end)
        at = end + 1
        if (text[at] !== '"') break
        cell += '"'
      }
      if (at < text.length && text[at] !== ",") return undefined
      cells.push(cell.trim())
    } else {
      const end = text.indexOf(",", at)
      cells.push(text.slice(at, end < 0 ? undefined : end).trim())
      at = end < 0 ? text.length : end
    }
    if (at >= text.length) return cells
    at++
  }
}
