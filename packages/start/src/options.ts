import { parseArgs } from "node:util"

export interface Options {
  json: boolean
  port: number
  explicitPort: boolean
  quietData: boolean
  data?: string
  /** Where a debugger may connect. */
  inspect?: { host: string; port: number }
  /** Whose lines go to the terminal: parts of functions' names, none for all; undefined for nobody's. */
  logs?: { parts: string[]; errorsOnly: boolean }
  help: boolean
}

const DEFAULT_PORT = 3000
/** Node's own: https://nodejs.org/api/cli.html#--inspecthostport */
const INSPECT_PORT = 9229

export const HELP = `npm start [-- options]

  --port <n>            port of the console, 3000 unless told; the APIs take the next free ones. 0 is any free port
  --data <folder>       keep everything in this folder and go on from it at the next start; without it each start is fresh
  --quiet-data          an empty warehouse, no rooms, and nobody buys tickets
  --logs[=part,part]    print what functions log, of those whose name contains a part; --logs=error prints errors only
  --inspect[=host:port] listen for a debugger, at 127.0.0.1:9229 unless told; breakpoints stop no clocks of AWS, but time-outs wait
  --json                for scripts: one JSON line on stdout when ready, everything else on stderr
  --help                this list

Handlers and stacks are run as they are saved. What functions log is in .backline/local.log.`

/** `--logs` and `--inspect` may stand alone, which parseArgs has no word for. */
const withValues = (args: readonly string[]): string[] => args.map((arg) => (/^--(?:logs|inspect)$/.test(arg) ? `${arg}=` : arg))

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: withValues(args),
      allowPositionals: false,
      options: {
        json: { type: "boolean" },
        port: { type: "string" },
        data: { type: "string" },
        "quiet-data": { type: "boolean" },
        inspect: { type: "string" },
        logs: { type: "string" },
        help: { type: "boolean" },
      },
    }).values
  } catch (thrown) {
    const [sentence] = String((thrown as Error).message).split(/(?<=\S)\. |\n/)
    throw new Error(`${sentence!.replace(/\.$/, "")}. These are the options:\n\n${HELP}`, { cause: thrown })
  }
}

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 0 && port <= 65_535

/** Whoever reaches the debugger runs any code as you, so it listens on loopback only. */
function inspectOf(value: string): { host: string; port: number } {
  const [, host = "127.0.0.1", text] = /^(?:(.*):)?(\d*)$/.exec(value) ?? [undefined, value, ""]
  const port = text ? Number(text) : INSPECT_PORT
  if (!isPort(port) || !/^(?:127(?:\.\d{1,3}){3}|localhost|\[?::1\]?)$/.test(host))
    throw new Error(
      `--inspect takes a loopback address and a port (127.0.0.1:9229), not ${value}: whoever reaches the debugger runs any code as you. From another machine, forward the port.`,
    )
  return { host: host.replace(/[[\]]/g, ""), port }
}

function logsOf(value: string): NonNullable<Options["logs"]> {
  const parts = value
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
  const isError = (part: string) => part === "error" || part === "errors"
  return { parts: parts.filter((part) => !isError(part)), errorsOnly: parts.some(isError) }
}

/** Reads the command line; throws one error, with the list of options, for what is not among them. */
export function readOptions(args: readonly string[]): Options {
  const values = parsed(args)
  const port = values.port === undefined ? DEFAULT_PORT : Number(values.port)
  if (!isPort(port) || values.port === "") throw new Error(`--port takes a number from 0 to 65535, not ${values.port}.`)
  if (values.data === "") throw new Error("--data takes a folder: --data .backline/data")
  return {
    json: values.json ?? false,
    port,
    explicitPort: values.port !== undefined,
    quietData: values["quiet-data"] ?? false,
    data: values.data,
    inspect: values.inspect === undefined ? undefined : inspectOf(values.inspect),
    logs: values.logs === undefined ? undefined : logsOf(values.logs),
    help: values.help ?? false,
  }
}
