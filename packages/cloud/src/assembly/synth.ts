import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync } from "node:fs"
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import type { Place } from "../service.ts"

const CHILD = fileURLToPath(new URL("./synth-child.mjs", import.meta.url))

/** What the templates are made from: change one byte here and they are synthesized anew. */
const INPUTS = ["sst.config.ts", "stacks", "packages/core/src/warehouse/migrations", "packages/web/dist", "package-lock.json"]

/** Those of them that people edit while the cloud runs. */
export const EDITED = ["sst.config.ts", "stacks", "packages/core/src/warehouse/migrations"]

const TIMEOUT_MS = 120_000

/** What keeps the stacks from being synthesized; `file` is relative to the root. */
export class SynthesisError extends Error {
  constructor(
    said: string,
    readonly problems: readonly { file?: string; line?: number; text: string }[],
  ) {
    const places = problems.map(({ file, line, text }) => (file ? `${file}:${line}: ${text}` : text))
    super(["The stacks do not synthesize:", ...(places.length > 0 ? places : [readable(said)])].join("\n"))
  }
}

/** The child's last line names files and lines. */
function problemsIn(said: string): SynthesisError["problems"] {
  try {
    return JSON.parse(said.trim().split("\n").at(-1)!).problems ?? []
  } catch {
    return []
  }
}

async function* files(path: string): AsyncGenerator<string> {
  if (!existsSync(path)) return
  if ((await stat(path)).isFile()) return yield path
  for (const name of (await readdir(path)).sort()) yield* files(join(path, name))
}

async function fingerprint(root: string, place: Place): Promise<string> {
  const hash = createHash("sha256").update(
    JSON.stringify([place.stage, place.region, place.account, await readFile(CHILD, "utf8")]),
  )
  for (const input of INPUTS)
    for await (const file of files(join(root, input))) hash.update(relative(root, file)).update(await readFile(file))
  return hash.digest("hex").slice(0, 20)
}

/** Minified library lines say nothing to a reader. */
const readable = (text: string) =>
  text
    .trim()
    .split("\n")
    .filter((line) => line.length < 300)
    .join("\n")
    .trim()

/** Runs the synthesis in a process of its own; what it prints is shown only when it fails. */
function run(root: string, place: Place, outdir: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, root, place.stage, place.region, place.account, outdir], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: TIMEOUT_MS,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, AWS_REGION: place.region, SST_TELEMETRY_DISABLED: "1" },
    })
    let said = ""
    const keep = (chunk: Buffer) => void (said = (said + chunk.toString()).slice(-20_000))
    child.stdout.on("data", keep)
    child.stderr.on("data", keep)
    child.on("error", reject)
    child.on("exit", (code) => {
      if (code === 0) resolve()
      else reject(new SynthesisError(said, problemsIn(said)))
    })
  })
}

export interface Synthesis {
  /** Folder with `templates/` and `handlers.json`. */
  folder: string
  /** False when the same inputs had been synthesized before. */
  fresh: boolean
}

/** The templates exactly as a deploy of this stage would upload them, cached by the content of everything they are made from. */
export async function synthesize(root: string, place: Place): Promise<Synthesis> {
  const store = join(root, ".backline", "assembly")
  const folder = join(store, await fingerprint(root, place))
  if (existsSync(join(folder, "handlers.json"))) return { folder, fresh: false }
  await mkdir(store, { recursive: true })
  /** Made aside and moved into place, so that a half-written one is never found and two starts at once do no harm. */
  const aside = `${folder}.${process.pid}`
  await rm(aside, { recursive: true, force: true })
  await run(root, place, aside).catch(async (thrown: unknown) => {
    await rm(aside, { recursive: true, force: true })
    throw thrown
  })
  await rename(aside, folder).catch(async (error: unknown) => {
    if (!existsSync(join(folder, "handlers.json"))) throw error
    await rm(aside, { recursive: true, force: true })
  })
  await forget(store, folder)
  return { folder, fresh: true }
}

/** Keeps the newest three syntheses. */
async function forget(store: string, keep: string): Promise<void> {
  const names = (await readdir(store)).filter((name) => !name.includes("."))
  const aged = await Promise.all(
    names.map(async (name) => ({ path: join(store, name), at: (await stat(join(store, name))).mtimeMs })),
  )
  const old = aged.sort((a, b) => b.at - a.at).slice(3)
  await Promise.all(old.filter(({ path }) => path !== keep).map(({ path }) => rm(path, { recursive: true, force: true })))
}
