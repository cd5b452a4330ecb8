import { readdir, stat } from "node:fs/promises"
import { basename, join } from "node:path"
import { parseArgs } from "node:util"
import { elementsOf } from "./elements.ts"
import { grosses } from "./grosses.ts"
import { interactions } from "./interactions.ts"
import { linesOf } from "./lines.ts"
import { untilLoaded } from "./loaded.ts"
import { bar, createMeter, type Meter } from "./meter.ts"
import { eventsOf as nyphil, type Memory, type Program } from "./nyphil.ts"
import { type Account, createProducer, type Producer } from "./producer.ts"
import type { Rows } from "./rows.ts"
import { findTarget, Mistake } from "./target.ts"

/** Data sets by name: of folders another function from one of their records to events, of files one from a line. */
const SOURCES: Record<string, (program: unknown, memory: Memory) => Program> = { nyphil }
const TABLES: Record<string, () => Rows> = { interactions, grosses }
const NAMES = [...Object.keys(SOURCES), ...Object.keys(TABLES)]
const USAGE =
  "npm run import -- nyphil <folder> | interactions <file.tsv> | grosses <file.csv> [--url https://…] [--token …] [--rate events-per-second]"

export interface Terminal {
  out: { write(text: string): unknown }
  err: { write(text: string): unknown; isTTY?: boolean; columns?: number }
  env: Record<string, string | undefined>
  signal?: AbortSignal
  /** For tests: where the running cloud's addresses are, and how often to ask for its progress. */
  runFile?: string
  pollMs?: number
}

interface Options {
  source: string
  folder: string
  url?: string
  token?: string
  rate?: number
}

function readArguments(args: string[]): Options {
  let parsed
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: { url: { type: "string" }, token: { type: "string" }, rate: { type: "string" } },
    })
  } catch (error) {
    throw new Mistake(`${(error as Error).message.split(". ")[0]}. Usage: ${USAGE}`)
  }
  const [source, folder, ...rest] = parsed.positionals
  if (!source || !folder || rest.length > 0) throw new Mistake(`Usage: ${USAGE}`)
  if (!NAMES.includes(source)) throw new Mistake(`There is no source ${source}: use ${NAMES.join(" or ")}. Usage: ${USAGE}`)
  const { rate, ...values } = parsed.values
  if (rate !== undefined && !(Number(rate) > 0)) throw new Mistake(`--rate ${rate} is not a number of events per second above 0.`)
  return { source, folder, ...values, rate: rate === undefined ? undefined : Number(rate) }
}

async function filesOf(folder: string): Promise<{ name: string; path: string; bytes: number }[]> {
  const names = await readdir(folder).catch(() => {
    throw new Mistake(`There is no folder ${folder}: name the one that holds the *.json or *.json.gz files.`)
  })
  const wanted = names.filter((name) => /\.json(\.gz)?$/.test(name)).sort()
  if (wanted.length === 0) throw new Mistake(`${folder} holds no *.json or *.json.gz files.`)
  return Promise.all(
    wanted.map(async (name) => ({ name, path: join(folder, name), bytes: (await stat(join(folder, name))).size })),
  )
}

async function fileOf(path: string): Promise<{ name: string; path: string; bytes: number }[]> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) throw new Mistake(`There is no file ${path}: name the one that holds the rows.`)
  return [{ name: basename(path), path, bytes: found.size }]
}

/** What was read, and what could not be. */
interface Reading {
  files: number
  /** What the source calls a record. */
  of: "programs" | "rows"
  programs: number
  events: number
  skipped: number
}

async function readFile(
  file: { name: string; path: string },
  source: string,
  memory: Memory,
  reading: Reading,
  producer: Producer,
  meter: Meter,
): Promise<void> {
  let number = 0
  const skip = (problem: string) => {
    reading.skipped++
    meter.say(`${file.name}: ${problem}, skipped`)
  }
  try {
    for await (const text of elementsOf(file.path)) {
      number++
      let program: unknown
      try {
        program = JSON.parse(text)
      } catch {
        skip(`program ${number} is not JSON`)
        continue
      }
      const { events, problems } = SOURCES[source]!(program, memory)
      const id = (program as { id?: unknown }).id
      for (const problem of problems) skip(`program ${number}${id ? ` (${String(id).slice(0, 64)})` : ""} ${problem}`)
      reading.programs++
      reading.events += events.length
      for (const event of events) await producer.push(event)
    }
    reading.files++
  } catch (error) {
    if (error instanceof Mistake || (error as Error).name === "AbortError") throw error
    skip(`could not be read after program ${number} (${(error as Error).message})`)
  }
}

/** Reads a table line by line. A row counts as a whole or not at all, and each that does not is named. */
async function readRows(
  file: { name: string; path: string },
  rows: Rows,
  reading: Reading,
  producer: Producer,
  meter: Meter,
  onLine: (text: string) => void,
): Promise<void> {
  const skip = (problem: string) => {
    reading.skipped++
    meter.say(`${file.name}: ${problem}, skipped`)
  }
  let last = 0
  try {
    for await (const line of linesOf(file.path)) {
      last = line.number
      onLine(line.text)
      const { events, problem } = rows.row(line)
      if (problem !== undefined) {
        skip(`line ${line.number} ${problem}`)
        continue
      }
      reading.programs++
      for (const event of events) {
        reading.events++
        await producer.push(event)
      }
    }
    reading.files++
  } catch (error) {
    if (error instanceof Mistake || (error as Error).name === "AbortError") throw error
    skip(`could not be read after line ${last} (${(error as Error).message})`)
  }
}

function describe(reading: Reading, account: Account, seconds: number): string {
  const rejected = [...account.rejected.values()].reduce((sum, { count }) => sum + count, 0)
  const lines = [
    `files      ${reading.files}`,
    `${reading.of.padEnd(10)} ${reading.programs}`,
    `skipped    ${reading.skipped}`,
    `events     ${reading.events}`,
    `accepted   ${account.accepted}`,
    `rejected   ${rejected}`,
    ...[...account.rejected].map(([code, { count, example }]) => `           ${count} × ${code}, for example: ${example}`),
    `seconds    ${seconds.toFixed(1)}`,
    `rate       ${Math.round(reading.events / Math.max(seconds, 0.001))} events/s`,
  ]
  return `${lines.join("\n")}\n`
}

async function run(args: string[], terminal: Terminal, meter: Meter): Promise<number> {
  const { source, folder, url, token, rate } = readArguments(args)
  const table = TABLES[source]
  const files = table ? await fileOf(folder) : await filesOf(folder)
  const target = await findTarget({ url, token: token ?? terminal.env.BACKLINE_TOKEN, runFile: terminal.runFile })
  const start = Date.now()
  const reading: Reading = { files: 0, of: table ? "rows" : "programs", programs: 0, events: 0, skipped: 0 }
  const allBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  let doneBytes = 0
  let current = ""
  const show = (account: Account) =>
    meter.show(
      `${bar(doneBytes, allBytes)}  ${current}  ${account.accepted} accepted, ${Math.round((account.accepted * 1000) / Math.max(1, Date.now() - start))}/s`,
    )
  const producer = createProducer(target, { rate, signal: terminal.signal, onAccepted: show })
  const memory: Memory = { sent: new Set() }
  for (const file of files) {
    current = file.name
    if (table) await readRows(file, table(), reading, producer, meter, (text) => (doneBytes += Buffer.byteLength(text) + 1))
    else await readFile(file, source, memory, reading, producer, meter)
    doneBytes = table ? allBytes : doneBytes + file.bytes
  }
  const account = await producer.flush()
  const wait = {
    signal: terminal.signal,
    pollMs: terminal.pollMs,
    onWait: (left: number) => meter.show(`waiting until the warehouse holds it (${left} shards to go)`),
  }
  await untilLoaded(target, [...account.positions.values()], wait)
  meter.end()
  terminal.out.write(describe(reading, account, (Date.now() - start) / 1000))
  return reading.skipped > 0 || account.rejected.size > 0 ? 1 : 0
}

/** `npm run import`: exit code 0 when everything arrived, 1 when something was skipped, rejected or impossible. */
export async function importCommand(args: string[], terminal: Terminal): Promise<number> {
  const meter = createMeter(terminal.err)
  try {
    return await run(args, terminal, meter)
  } catch (error) {
    meter.end()
    if (terminal.signal?.aborted) terminal.err.write("Stopped. Run the same command again: what arrived counts once.\n")
    else if (error instanceof Mistake) terminal.err.write(`${error.message}\n`)
    else throw error
    return 1
  }
}
