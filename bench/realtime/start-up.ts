import { execFile } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { basename, join, resolve } from "node:path"
import { promisify } from "node:util"
import * as esbuild from "esbuild"
import { settings } from "../../packages/cloud/src/lambda/bundle.ts"
import { rounds } from "./paired.ts"
import { Sheet } from "./sheet.ts"

const HANDLER = "packages/functions/src/ws/default.ts"
const EMPTY = "export const handler = async () => ({ statusCode: 200 })\n"
const ROUNDS = { small: 15, full: 41 }

/** What the first frame about a document loads besides, an update or a join among them. */
const LATER = ["ws/document-actions.ts", "document/merge.ts", "document/validate.ts"]

/** Loads a handler as Lambda does, and files after it, and says what the process has used of the processor by then, in microseconds. */
const LOAD = `
for (const file of process.argv.slice(1)) await import(file)
const { user, system } = process.cpuUsage()
console.log(user + system)
`

/** Both change what every process costs at its start, and hide what a handler adds. */
const { NODE_OPTIONS: _options, NODE_EXTRA_CA_CERTS: _certificates, ...env } = process.env

const run = promisify(execFile)
async function startCpu(...files: string[]): Promise<number> {
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", LOAD, ...files], { env })
  return Number(stdout)
}

interface Built {
  file: string
  later: string[]
  /** Bytes of code that loading it reads, and of all that is deployed with it. */
  startBytes: number
  allBytes: number
}

/** As SST builds each function for AWS: names made shorter too, in a folder of its own. */
async function built(entry: string, outdir: string): Promise<Built> {
  const { entryNames: _names, chunkNames: _chunks, ...common } = settings({})
  const { metafile } = await esbuild.build({
    ...common,
    minify: true,
    absWorkingDir: process.cwd(),
    entryPoints: [entry],
    outdir,
  })
  const { outputs } = metafile
  const of = (source: string) => Object.keys(outputs).filter((path) => outputs[path]!.entryPoint?.endsWith(source))
  const [start] = of(basename(entry)) as [string]
  const read = new Set([start])
  for (const path of read)
    for (const { path: imported, kind } of outputs[path]!.imports)
      if (kind === "import-statement" && imported in outputs) read.add(imported)
  const bytesOf = (paths: Iterable<string>) => [...paths].reduce((sum, path) => sum + outputs[path]!.bytes, 0)
  const code = Object.keys(outputs).filter((path) => path.endsWith(".mjs"))
  return {
    file: resolve(start),
    later: LATER.flatMap(of).map((path) => resolve(path)),
    startBytes: bytesOf(read),
    allBytes: bytesOf(code),
  }
}

/** What a cold start of `$default` costs over one that does nothing, and how large its bundle is. */
export async function startUp({ full }: { full: boolean }): Promise<Sheet> {
  await mkdir(".backline", { recursive: true })
  const folder = await mkdtemp(resolve(".backline/start-up-"))
  try {
    const nothing = join(folder, "nothing.ts")
    await writeFile(nothing, EMPTY)
    const [ours, empty] = [await built(HANDLER, join(folder, "default")), await built(nothing, join(folder, "empty"))]
    if (ours.later.length !== LATER.length) throw new Error(`Of ${LATER.join(", ")} some are no files of their own.`)
    await esbuild.stop()
    const count = full ? ROUNDS.full : ROUNDS.small
    const { ratio, median } = await rounds(
      {
        ours: () => startCpu(ours.file),
        withDocuments: () => startCpu(ours.file, ...ours.later),
        empty: () => startCpu(empty.file),
        again: () => startCpu(empty.file),
      },
      count,
    )
    const sheet = new Sheet()
    sheet.add({
      startOverEmpty: [
        ratio("ours", "empty"),
        `CPU of a fresh process until $default is loaded over one with an empty handler; ${count} rounds`,
        { max: 2.5 },
      ],
      startControl: [ratio("again", "empty"), "the empty handler over itself"],
      startMs: [median("ours") / 1000, "milliseconds of CPU"],
      emptyStartMs: [median("empty") / 1000, ""],
      firstDocumentMs: [
        (median("withDocuments") - median("ours")) / 1000,
        "more of it, once, with the first frame about a document",
      ],
      bundleKb: [ours.allBytes / 1024, "code of $default as deployed, minified, its packages in it", { max: 300 }],
      startKb: [ours.startBytes / 1024, "of it read at start; the rest with the first frame that needs it"],
    })
    return sheet
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
