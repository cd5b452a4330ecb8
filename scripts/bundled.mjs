// A TypeScript entry of this repository as one JavaScript file, made once per content: loading six hundred modules one by one is most of a start.
import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises"
import { basename, join, relative } from "node:path"
import { pathToFileURL } from "node:url"
import { root } from "./ready.mjs"

const store = join(root, ".backline", "start")

const HERE = JSON.stringify(pathToFileURL(join(root, "package.json")).href)
const BANNER = `import { createRequire as requireFrom } from "node:module"
const require = requireFrom(${HERE})`

/** Packages with binaries of their own are loaded from where npm put them; by `require`, since an `import` of CommonJS reads all of its text twice. */
const NATIVE = /^(?:esbuild|@duckdb\/node-bindings)$/
const required = {
  name: "required",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: NATIVE, namespace: "file" }, ({ path }) => ({ path, namespace: "required" }))
    onLoad({ filter: NATIVE, namespace: "required" }, ({ path }) => ({
      contents: `module.exports = requireFrom(${HERE})(${JSON.stringify(path)})`,
    }))
  },
}

/** What a bundle was made from: the sources by their content, packages by the lock file. */
function fingerprint(inputs) {
  const hash = createHash("sha256").update(process.versions.node)
  for (const input of ["package-lock.json", "scripts/bundled.mjs", ...inputs])
    hash.update(input).update(readFileSync(join(root, input)))
  return hash.digest("hex").slice(0, 20)
}

const manifestOf = (name) => join(store, `${name}.json`)

/** The bundle of an earlier start, if it was made from what the sources are now. */
async function kept(name) {
  try {
    const { inputs, file } = JSON.parse(await readFile(manifestOf(name), "utf8"))
    const folder = fingerprint(inputs)
    return file.startsWith(`${folder}/`) && existsSync(join(store, file)) ? join(store, file) : undefined
  } catch {
    return undefined
  }
}

/** A module knows its own place, wherever its text ends up. */
const ownPlace = {
  name: "own-place",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/packages\/.*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href)),
      loader: "ts",
    })),
}

/** Writes the bundle into `folder`; gives back the sources that it was made from. */
async function make(entry, folder) {
  const { build } = await import("esbuild")
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "linked",
    metafile: true,
    logLevel: "silent",
    banner: { js: BANNER },
    plugins: [ownPlace, required],
  })
  return Object.keys(metafile.inputs).filter((input) => !/node_modules|^required:/.test(input))
}

/** Path of the file to import. Written aside and moved into place, so two starts at once do no harm. */
export async function bundled(entry) {
  const name = relative(root, entry).replaceAll(/[^\w]+/g, "-")
  const found = await kept(name)
  if (found) return found
  const aside = join(store, `${name}.${process.pid}`)
  try {
    const inputs = await make(entry, aside)
    const folder = fingerprint(inputs)
    const file = `${folder}/${basename(entry).replace(/\.ts$/, ".mjs")}`
    await rename(aside, join(store, folder)).catch((error) => {
      if (!existsSync(join(store, file))) throw error
    })
    await writeFile(`${aside}.json`, JSON.stringify({ inputs, file }))
    await rename(`${aside}.json`, manifestOf(name))
    await forgetOld(folder)
    return join(store, file)
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

/** Bundles of a day ago: a process that still runs one has long read what it needs. */
async function forgetOld(keep) {
  const old = Date.now() - 24 * 60 * 60_000
  for (const name of await readdir(store)) {
    if (name === keep || name.endsWith(".json") || (await stat(join(store, name))).mtimeMs > old) continue
    await rm(join(store, name), { recursive: true, force: true })
  }
}
