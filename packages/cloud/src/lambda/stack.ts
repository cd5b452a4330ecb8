import { readFileSync } from "node:fs"
import { SourceMap } from "node:module"
import { dirname, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"

/** Maps of the newest bundles; a reload brings new files. */
const KEPT = 200
const maps = new Map<string, SourceMap | undefined>()

function mapOf(file: string): SourceMap | undefined {
  if (maps.has(file)) return maps.get(file)
  let map: SourceMap | undefined
  try {
    map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")))
  } catch {
    map = undefined // A file without a map is named as it is.
  }
  if (maps.size >= KEPT) maps.delete(maps.keys().next().value!)
  maps.set(file, map)
  return map
}

const POSITION = /(?:file:\/\/)?(\/[^\s"'()]+\.mjs):(\d+):(\d+)/g

/** Text with every position in a bundle replaced by the position in its source, relative to `root`: `packages/core/src/venue/index.ts:12:5`. */
export function mapped(text: string, root: string): string {
  if (!text.includes(".mjs:")) return text
  return text.replaceAll(POSITION, (whole, path: string, line: string, column: string) => {
    const file = whole.startsWith("file:") ? fileURLToPath(`file://${path}`) : path
    const entry = mapOf(file)?.findEntry(Number(line) - 1, Number(column) - 1)
    if (!entry || !("originalSource" in entry)) return whole
    const source = resolve(dirname(file), entry.originalSource)
    return `${relative(root, source)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
  })
}
