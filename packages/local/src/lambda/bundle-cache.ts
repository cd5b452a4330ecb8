import { createHash } from "node:crypto"
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises"
import { dirname, resolve } from "node:path"

/** What a build read and wrote, kept beside its output. */
interface Manifest {
  /** File → size, modification time and content hash when it was bundled. */
  inputs: Record<string, { size: number; modified: number; hash: string }>
  outputs: string[]
}

const hashOf = async (file: string): Promise<string> => createHash("sha1").update(await readFile(file)).digest("hex")

async function stamp(file: string) {
  const { size, mtimeMs } = await stat(file)
  return { size, modified: mtimeMs, hash: await hashOf(file) }
}

async function unchanged(file: string, known: Manifest["inputs"][string]): Promise<boolean> {
  const { size, mtimeMs } = await stat(file)
  if (size !== known.size) return false
  return mtimeMs === known.modified || (await hashOf(file)) === known.hash
}

/** Whether the build described in `manifestFile` would come out the same: every input has the content it had, every output exists. */
export async function isFresh(root: string, manifestFile: string): Promise<boolean> {
  try {
    const { inputs, outputs }: Manifest = JSON.parse(await readFile(manifestFile, "utf8"))
    const same = await Promise.all(Object.entries(inputs).map(([file, known]) => unchanged(resolve(root, file), known)))
    await Promise.all(outputs.map((file) => stat(resolve(root, file))))
    return same.every(Boolean)
  } catch {
    return false // A missing file or a manifest of another shape: build again.
  }
}

/** Written last and renamed into place, so a build that was cut short is never taken for a whole one. */
export async function remember(root: string, manifestFile: string, inputs: readonly string[], outputs: readonly string[]): Promise<void> {
  const stamps = await Promise.all(inputs.map(async (file) => [file, await stamp(resolve(root, file))] as const))
  const manifest: Manifest = { inputs: Object.fromEntries(stamps), outputs: [...outputs] }
  await mkdir(dirname(manifestFile), { recursive: true })
  await writeFile(`${manifestFile}.new`, JSON.stringify(manifest))
  await rename(`${manifestFile}.new`, manifestFile)
}
