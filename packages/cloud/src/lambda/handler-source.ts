import { existsSync } from "node:fs"
import { join, parse } from "node:path"

const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"]

/** A handler as a stack names it: `packages/functions/src/http/health.handler` is the export `handler` of that file. */
export interface HandlerSource {
  file: string
  exportName: string
}

/** Finds the file behind a handler's name the way SST does: https://github.com/sst/v2/blob/master/packages/sst/src/runtime/handlers/node.ts */
export function handlerSource(root: string, handler: string): HandlerSource {
  const { dir, name, ext } = parse(handler)
  const file = EXTENSIONS.map((extension) => join(dir, name + extension)).find((path) => existsSync(join(root, path)))
  if (!file || ext.length < 2)
    throw new Error(`Handler ${handler}: no file ${join(dir, name)}.ts in ${root}. Name it as <file without extension>.<export>.`)
  return { file, exportName: ext.slice(1) }
}
