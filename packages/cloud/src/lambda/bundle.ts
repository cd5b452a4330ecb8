import { createHash } from "node:crypto"
import { realpathSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as esbuild from "esbuild"
import { lastBuild, newBuild, remember } from "./bundle-cache.ts"
import { type HandlerSource, handlerSource } from "./handler-source.ts"

export interface BundleOptions {
  /** Folder that handler names start from. */
  root: string
  /** Folder for output; each build gets its own folder in it. Default `<root>/.backline/bundles`. */
  out?: string
  /** `packages/functions/src/http/health.handler`, … */
  handlers: readonly string[]
  /** As in the stacks' defaults, true unless told. */
  minify?: boolean
  external?: readonly string[]
}

export interface Bundle {
  /** The script that every worker thread starts with. */
  bootstrap: string
  /** Built file and export of a handler's name. The file's name carries a hash of all code it loads, so equal names mean equal code. */
  handler(name: string): HandlerSource
  /** Files of the repository that it was made from, relative to the root; packages are not among them. */
  inputs: readonly string[]
  /** False where the last build was still good. */
  built: boolean
}

/** What SST v2 puts in front of an ESM bundle, so that bundled CommonJS finds its globals. */
const BANNER = [
  `import { createRequire as topLevelCreateRequire } from "module";`,
  `const require = topLevelCreateRequire(import.meta.url);`,
  `import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url";`,
  `const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url));`,
].join("\n")

const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url))

/**
 * SST v2's settings for Node: https://github.com/sst/v2/blob/master/packages/sst/src/runtime/handlers/node.ts
 * Two differences: handlers are split together (`splitting`, which the stacks ask for each alone), so code that they share is written
 * once and building is five times faster; a worker still evaluates its own handler's modules and no others. And names are not made shorter, so that
 * stack traces can be read without maps.
 */
export const settings = ({ minify = true, external = [] }: Pick<BundleOptions, "minify" | "external">) =>
  ({
    platform: "node",
    format: "esm",
    target: "esnext",
    mainFields: ["module", "main"],
    bundle: true,
    keepNames: false,
    minifyWhitespace: minify,
    minifySyntax: minify,
    external: ["sharp", "pg-native", ...external],
    banner: { js: BANNER },
    splitting: true,
    entryNames: "[dir]/[name]-[hash]",
    chunkNames: "shared/[hash]",
    sourcemap: "linked",
    // Stack traces need names and lines; the sources lie beside.
    sourcesContent: false,
    outExtension: { ".js": ".mjs" },
    metafile: true,
    logLevel: "silent",
  }) satisfies esbuild.BuildOptions

/** The files behind handlers' names, and what esbuild is to build: them and the workers' bootstrap. */
export function entriesOf(root: string, handlers: readonly string[]) {
  const sources = new Map(handlers.map((name) => [name, handlerSource(root, name)]))
  const files = [...new Set([...sources.values()].map(({ file }) => file))].sort()
  const points = [...files.map((file) => ({ in: join(root, file), out: stem(file) })), { in: WORKER, out: "bootstrap" }]
  return { sources, files, points }
}

const key = (parts: unknown): string => createHash("sha1").update(JSON.stringify(parts)).digest("hex").slice(0, 12)

/** Bundles all handlers and the workers' bootstrap in one esbuild call, or takes the last build where nothing changed. */
export async function bundle(options: BundleOptions): Promise<Bundle> {
  // esbuild names files by their real paths.
  const root = realpathSync(options.root)
  const { sources, files, points } = entriesOf(root, options.handlers)
  const common = settings(options)
  const set = join(options.out ?? join(root, ".backline/bundles"), key([files, common, esbuild.version, WORKER]))
  const manifest = join(set, "manifest.json")
  const last = await lastBuild(root, manifest)
  if (last) return bundleOf(root, sources, last, false)
  const dir = await newBuild(manifest)
  const { metafile } = await esbuild.build({ ...common, absWorkingDir: root, entryPoints: points, outdir: dir }).catch(explain)
  await esbuild.stop() // Its process would keep some 100 MB for nothing.
  const entries = builtFiles(metafile)
  const inputs = Object.keys(metafile.inputs)
  await remember(root, manifest, dir, { inputs, outputs: Object.keys(metafile.outputs), entries })
  return bundleOf(root, sources, { entries, inputs }, true)
}

/** Entry point → its built file, both relative to the root. */
export const builtFiles = ({ outputs }: esbuild.Metafile): Record<string, string> =>
  Object.fromEntries(Object.entries(outputs).flatMap(([path, { entryPoint }]) => (entryPoint ? [[entryPoint, path]] : [])))

export function bundleOf(
  root: string,
  sources: ReadonlyMap<string, HandlerSource>,
  { entries, inputs }: { entries: Record<string, string>; inputs: readonly string[] },
  built: boolean,
  bootstrap = join(root, Object.entries(entries).find(([, path]) => /(^|\/)bootstrap-\w+\.mjs$/.test(path))![1]),
): Bundle {
  return {
    built,
    bootstrap,
    inputs: inputs.filter((file) => !file.includes("node_modules/")),
    handler(name) {
      const source = sources.get(name)
      if (!source) throw new Error(`Handler ${name} was not among the bundled ones.`)
      return { file: join(root, entries[source.file]!), exportName: source.exportName }
    },
  }
}

/** `packages/functions/src/http/health.ts` without its extension; a file outside the root stays inside the output folder. */
const stem = (file: string): string => file.replaceAll("..", "_").replace(/\.[^./]+$/, "")

/** One thing that is wrong with a file; `file` is relative to the root. */
export interface Problem {
  file?: string
  line?: number
  text: string
}

/** What keeps the handlers from being bundled, one line per problem. */
export class BundleError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(["The handlers do not bundle:", ...problems.map(problemLine)].join("\n"))
  }
}

export const problemLine = ({ file, line, text }: Problem): string =>
  file === undefined ? text : line === undefined ? `${file}: ${text}` : `${file}:${line}: ${text}`

export function explain(thrown: unknown): never {
  const errors = (thrown as esbuild.BuildFailure).errors ?? []
  if (errors.length === 0) throw thrown
  throw new BundleError(errors.map(({ text, location }) => ({ file: location?.file, line: location?.line, text })))
}
