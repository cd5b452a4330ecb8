import { execFile } from "node:child_process"
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import { gzipSync } from "node:zlib"
import * as esbuild from "esbuild"
import { settings } from "../../packages/local/src/lambda/bundle.ts"
import { rounds } from "./paired.ts"
import { Sheet } from "./sheet.ts"

const HANDLER = "packages/functions/src/ws/default.ts"
const EMPTY = "export const handler = async () => ({ statusCode: 200 })\n"
const ROUNDS = { small: 15, full: 41 }

/** Loads a handler as Lambda does and says what the process has used of the processor by then, in microseconds. */
const LOAD = `
await import(process.argv[1])
const { user, system } = process.cpuUsage()
console.log(user + system)
`

/** Both change what every process costs at its start, and hide what a handler adds. */
const { NODE_OPTIONS: _options, NODE_EXTRA_CA_CERTS: _certificates, ...env } = process.env

const run = promisify(execFile)
async function startCpu(file: string): Promise<number> {
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", LOAD, file], { env })
  return Number(stdout)
}

/** As SST builds each function for AWS: the same settings, and nothing shared with others. */
async function built(entry: string, out: string): Promise<string> {
  const { metafile: _, entryNames: _names, chunkNames: _chunks, ...common } = settings({})
  await esbuild.build({ ...common, splitting: false, absWorkingDir: process.cwd(), entryPoints: [entry], outfile: out })
  return out
}

/** What a cold start of `$default` costs over one that does nothing, and how large its bundle is. */
export async function startUp({ full }: { full: boolean }): Promise<Sheet> {
  await mkdir(".backline", { recursive: true })
  const folder = await mkdtemp(resolve(".backline/start-up-"))
  try {
    const nothing = join(folder, "nothing.ts")
    await writeFile(nothing, EMPTY)
    const [ours, empty] = [await built(HANDLER, join(folder, "default.mjs")), await built(nothing, join(folder, "empty.mjs"))]
    await esbuild.stop()
    const count = full ? ROUNDS.full : ROUNDS.small
    const { ratio, median } = await rounds(
      { ours: () => startCpu(ours), empty: () => startCpu(empty), again: () => startCpu(empty) },
      count,
    )
    const bundle = await readFile(ours)
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
      bundleKb: [bundle.length / 1024, "$default as deployed: one minified file, its packages in it", { max: 300 }],
      bundleGzipKb: [gzipSync(bundle).length / 1024, "the same compressed"],
    })
    return sheet
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
