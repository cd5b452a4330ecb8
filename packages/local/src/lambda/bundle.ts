import { createHash } from "node:crypto"
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
  /** Built file and export of a handler's name. */
  handler(name: string): HandlerSource
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
 * One difference: code that handlers share is written once (`splitting`), which builds five times faster. A worker still
 * evaluates its own handler's modules and no others.
 */
const settings = ({ minify = true, external = [] }: BundleOptions) =>
  ({
    platform: "node",
    format: "esm",
    target: "esnext",
    mainFields: ["module", "main"],
    bundle: true,
    keepNames: true,
    minify,
    external: ["sharp", "pg-native", ...external],
    banner: { js: BANNER },
    splitting: true,
    chunkNames: "shared/[hash]",
    sourcemap: "linked",
    // Stack traces need names and lines; the sources lie beside.
    sourcesContent: false,
    outExtension: { ".js": ".mjs" },
    metafile: true,
    logLevel: "silent",
  }) satisfies esbuild.BuildOptions

const key = (parts: unknown): string => createHash("sha1").update(JSON.stringify(parts)).digest("hex").slice(0, 12)

/** Bundles all handlers and the workers' bootstrap in one esbuild call, or takes the last build where nothing changed. */
export async function bundle(options: BundleOptions): Promise<Bundle> {
  const { root } = options
  const sources = new Map(options.handlers.map((name) => [name, handlerSource(root, name)]))
  const files = [...new Set([...sources.values()].map(({ file }) => file))].sort()
  const common = settings(options)
  const set = join(options.out ?? join(root, ".backline/bundles"), key([files, common, esbuild.version, WORKER]))
  const manifest = join(set, "manifest.json")
  const last = await lastBuild(root, manifest)
  const dir = last ?? (await newBuild(manifest))
  if (!last) {
    const entryPoints = [...files.map((file) => ({ in: join(root, file), out: stem(file) })), { in: WORKER, out: "bootstrap" }]
    const result = await esbuild.build({ ...common, absWorkingDir: root, entryPoints, outdir: dir }).catch(explain)
    await esbuild.stop() // Its process would keep some 100 MB for nothing.
    await remember(root, manifest, dir, Object.keys(result.metafile.inputs), Object.keys(result.metafile.outputs))
  }
  return {
    built: !last,
    bootstrap: join(dir, "bootstrap.mjs"),
    handler(name) {
      const source = sources.get(name)
      if (!source) throw new Error(`Handler ${name} was not among the bundled ones.`)
      return { file: join(dir, `${stem(source.file)}.mjs`), exportName: source.exportName }
    },
  }
}

/** `packages/functions/src/http/health.ts` without its extension; a file outside the root stays inside the output folder. */
const stem = (file: string): string => file.replaceAll("..", "_").replace(/\.[^./]+$/, "")

function explain(thrown: unknown): never {
  const errors = (thrown as esbuild.BuildFailure).errors ?? []
  if (errors.length === 0) throw thrown
  const lines = errors.map(({ text, location }) => (location ? `${location.file}:${location.line}: ${text}` : text))
  throw new Error(`The handlers do not bundle:\n${lines.join("\n")}`)
}
