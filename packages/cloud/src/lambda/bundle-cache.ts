import { createHash, randomUUID } from "node:crypto"
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"

/** What a build read and wrote. */
interface Manifest {
  /** Folder of the output. */
  dir: string
  /** File → size, modification time and content hash when it was bundled. */
  inputs: Record<string, { size: number; modified: number; hash: string }>
  outputs: string[]
  /** Entry point → its built file. */
  entries: Record<string, string>
}

/** A build that was found again. */
export type LastBuild = Pick<Manifest, "dir" | "entries"> & { inputs: string[] }

/** A running cloud loads from its build until it ends, so older builds are kept this long. */
const KEEP_MS = 24 * 3_600_000

const hashOf = async (file: string): Promise<string> =>
  createHash("sha1")
    .update(await readFile(file))
    .digest("hex")

async function stamp(file: string) {
  const { size, mtimeMs } = await stat(file)
  return { size, modified: mtimeMs, hash: await hashOf(file) }
}

async function unchanged(file: string, known: Manifest["inputs"][string]): Promise<boolean> {
  const { size, mtimeMs } = await stat(file)
  if (size !== known.size) return false
  return mtimeMs === known.modified || (await hashOf(file)) === known.hash
}

/** The last build if it would come out the same: every input has the content it had, every output exists. */
export async function lastBuild(root: string, manifestFile: string): Promise<LastBuild | undefined> {
  try {
    const { dir, inputs, outputs, entries }: Manifest = JSON.parse(await readFile(manifestFile, "utf8"))
    const same = await Promise.all(Object.entries(inputs).map(([file, known]) => unchanged(resolve(root, file), known)))
    await Promise.all(outputs.map((file) => stat(resolve(root, file))))
    return same.every(Boolean) && entries ? { dir, entries, inputs: Object.keys(inputs) } : undefined
  } catch {
    return undefined // A missing file or a manifest of another shape: build again.
  }
}

/** A new folder beside the manifest: two clouds that build at once never write the same files. Old ones go. */
export async function newBuild(manifestFile: string): Promise<string> {
  const parent = dirname(manifestFile)
  await mkdir(parent, { recursive: true })
  for (const name of await readdir(parent)) {
    const path = join(parent, name)
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    )
    if (age > KEEP_MS) await rm(path, { recursive: true, force: true })
  }
  return join(parent, randomUUID().slice(0, 8))
}

/** Written last and renamed into place, so a build that was cut short is never taken for a whole one. */
export async function remember(
  root: string,
  manifestFile: string,
  dir: string,
  build: { inputs: readonly string[]; outputs: readonly string[]; entries: Record<string, string> },
): Promise<void> {
  const { inputs, outputs, entries } = build
  const stamps = await Promise.all(inputs.map(async (file) => [file, await stamp(resolve(root, file))] as const))
  const manifest: Manifest = { dir, inputs: Object.fromEntries(stamps), outputs: [...outputs], entries }
  const draft = join(dir, "manifest.json")
  await writeFile(draft, JSON.stringify(manifest))
  await rename(draft, manifestFile)
}
