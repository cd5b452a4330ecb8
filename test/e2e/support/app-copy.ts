import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Product, startProduct } from "../../../packages/start/src/product.ts"
import { until } from "../product.ts"

/** What an app is made from. */
const PARTS = [
  "sst.config.ts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "stacks",
  "packages/core/package.json",
  "packages/core/src",
  "packages/functions/package.json",
  "packages/functions/src",
  "packages/web/dist",
]

export interface AppCopy {
  root: string
  /** Everything the running copy told its developer. */
  told: string[]
  /** Replaces text of a file, as an editor's save does; throws where the text is not there. */
  edit(file: string, from: string, to: string): Promise<void>
  /** As edit, of a file in `stacks/`; resolves when the copy has said what became of it. */
  editStack(file: string, from: string, to: string): Promise<void>
  write(file: string, text: string): Promise<void>
  /** Starts the copy, which runs what is saved. */
  start(): Promise<Product>
  remove(): Promise<void>
}

/** A copy of this app in a temporary folder, to be edited while it runs. Packages are those of the checkout. */
export async function appCopy(): Promise<AppCopy> {
  const here = process.cwd()
  const root = await realpath(await mkdtemp(join(tmpdir(), "backline-app-")))
  for (const part of PARTS) await cp(join(here, part), join(root, part), { recursive: true })
  // The same stacks have the same templates; synthesizing them once is enough.
  await cp(join(here, ".backline/assembly"), join(root, ".backline/assembly"), { recursive: true }).catch(() => {})
  await mkdir(join(root, "node_modules/@backline"), { recursive: true })
  for (const name of await readdir(join(here, "node_modules")))
    if (name !== "@backline" && !name.startsWith("."))
      await symlink(join(here, "node_modules", name), join(root, "node_modules", name))
  for (const name of ["core", "functions"])
    await symlink(join(root, "packages", name), join(root, "node_modules/@backline", name))
  const told: string[] = []
  async function edit(file: string, from: string, to: string): Promise<void> {
    const text = await readFile(join(root, file), "utf8")
    if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`)
    await writeFile(join(root, file), text.replace(from, to))
  }
  return {
    root,
    told,
    edit,
    async editStack(file, from, to) {
      const before = told.length
      await edit(file, from, to)
      await until(`${file} is reloaded`, async () => told.slice(before).some((text) => text.includes("stacks")), 120_000)
    },
    write: (file, text) => writeFile(join(root, file), text),
    start: () =>
      startProduct({ root, port: 0, explicitPort: false, watch: true, say() {}, log() {}, tell: (text) => void told.push(text) }),
    remove: () => rm(root, { recursive: true, force: true }),
  }
}
