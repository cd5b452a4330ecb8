import { readFile } from "node:fs/promises"
import { text as textOf } from "node:stream/consumers"
import { parseArgs } from "node:util"
import { ApiError, type Client, createClient, type QuarantinedRecord } from "@backline/client"
import { findTarget, Mistake } from "../import/target.ts"

export const USAGE = `npm run quarantine -- <what> [--url https://…] [--token …]
  list [--all]        records that wait, newest batches first; with --all those of 90 days
  show <id>           the record as it came, on stdout; what is wrong with it, on stderr
  fix <id> <file>     sends the mended event in the file (- is stdin) in the record's place
  resubmit <id>…      sends records as they are
  redrive             sends every waiting record that fits its schema as it is
  discard <id>…       says that records are not worth mending`

export interface Terminal {
  out: { write(text: string | Uint8Array): unknown }
  err: { write(text: string): unknown }
  env: Record<string, string | undefined>
  stdin?: NodeJS.ReadableStream
  /** For tests: where the running cloud's addresses are. */
  runFile?: string
}

const options = { url: { type: "string" }, token: { type: "string" }, all: { type: "boolean" } } as const

function readArguments(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options })
  } catch (error) {
    throw new Mistake(`${(error as Error).message.split(". ")[0]}. Usage: ${USAGE}`)
  }
}

async function* everyRecord(client: Client, state: "open" | "all"): AsyncGenerator<QuarantinedRecord> {
  let cursor: string | undefined
  do {
    const page = await client.quarantine.list({ state, cursor, limit: 100 })
    yield* page.items
    cursor = page.next
  } while (cursor)
}

const lineOf = ({ id, at, state, reason, eventId }: QuarantinedRecord): string =>
  `${id}  ${new Date(at).toISOString()}  ${state}${eventId === undefined ? "" : ` ${eventId}`}  ${reason}\n`

async function eventIn(file: string, stdin: Terminal["stdin"]): Promise<unknown> {
  const body = file === "-" && stdin ? await textOf(stdin) : await readFile(file, "utf8").catch(() => undefined)
  if (body === undefined)
    throw new Mistake(
      `There is no file ${file}. Write the mended event into one: npm run -s quarantine -- show <id> > event.json`,
    )
  try {
    return JSON.parse(body) as unknown
  } catch (error) {
    throw new Mistake(`${file} is not JSON: ${(error as Error).message}`)
  }
}

async function show(client: Client, id: string, { out, err }: Terminal): Promise<void> {
  const record = await client.quarantine.get(id)
  const { stream, shard, sequence, size, problem } = record
  err.write(lineOf(record))
  err.write(`${stream} ${shard} ${sequence}, ${size} bytes${record.cut ? ", shown in part" : ""}\n`)
  err.write(problem ? `${problem.code}: ${problem.message}\n` : "It fits its schema as it is: resubmit it.\n")
  out.write(record.text ?? Buffer.from(record.base64 ?? "", "base64"))
  out.write("\n")
}

/** Every waiting record that has nothing wrong with it by the schemas of today. Says how many were sent, and how many wait on. */
async function redrive(client: Client, { out }: Terminal): Promise<void> {
  let [sent, left] = [0, 0]
  for await (const { id } of everyRecord(client, "open")) {
    const { problem } = await client.quarantine.get(id)
    if (problem) left++
    else {
      out.write(lineOf(await client.quarantine.resubmit(id)))
      sent++
    }
  }
  out.write(`${sent} sent, ${left} left that do not fit their schema\n`)
}

async function run(args: string[], terminal: Terminal): Promise<void> {
  const { positionals, values } = readArguments(args)
  const [what, ...names] = positionals
  const needs = { list: 0, redrive: 0, show: 1, fix: 2, resubmit: Infinity, discard: Infinity }[what ?? ""]
  if (needs === undefined || (needs === Infinity ? names.length === 0 : names.length !== needs))
    throw new Mistake(`Usage: ${USAGE}`)
  const { http, token } = await findTarget({
    ...values,
    token: values.token ?? terminal.env.BACKLINE_TOKEN,
    runFile: terminal.runFile,
  })
  const client = createClient({ httpUrl: http, getToken: ({ fresh } = {}) => token(fresh) })
  const { out } = terminal
  switch (what) {
    case "list":
      for await (const record of everyRecord(client, values.all ? "all" : "open")) out.write(lineOf(record))
      return
    case "show":
      return show(client, names[0]!, terminal)
    case "fix":
      out.write(lineOf(await client.quarantine.resubmit(names[0]!, await eventIn(names[1]!, terminal.stdin))))
      return
    case "redrive":
      return redrive(client, terminal)
    default:
      for (const id of names)
        out.write(lineOf(await (what === "discard" ? client.quarantine.discard(id) : client.quarantine.resubmit(id))))
  }
}

/** `npm run quarantine`: exit code 0 when all of it was done, 1 with a sentence when something was refused. */
export async function quarantineCommand(args: string[], terminal: Terminal): Promise<number> {
  try {
    await run(args, terminal)
    return 0
  } catch (error) {
    if (error instanceof ApiError) terminal.err.write(`${error.code}: ${error.message}\n`)
    else if (error instanceof Mistake) terminal.err.write(`${error.message}\n`)
    else throw error
    return 1
  }
}
