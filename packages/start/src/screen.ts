import type { Addresses } from "@backline/cloud/cloud"
import type { DemoUser } from "./demo.ts"
import type { Line } from "@backline/cloud/lambda/lines"
import type { Options } from "./options.ts"
import { logFile } from "@backline/cloud/log-file"
import { ownFile } from "@backline/cloud/own-file"
import { terminalLine } from "./terminal-logs.ts"

/** https://no-color.org */
const colours = (stream: NodeJS.WriteStream): boolean => stream.isTTY && !process.env.NO_COLOR

const dim = (text: string) => (colours(process.stdout) ? `\u001b[2m${text}\u001b[22m` : text)
const bold = (text: string) => (colours(process.stdout) ? `\u001b[1m${text}\u001b[22m` : text)

/** The terminal's face: one line while it starts, one calm screen when it runs; everything that functions log goes to a file. */
export function screen({ json, logs }: Pick<Options, "json" | "logs">) {
  const file = ownFile(".backline", "local.log")
  const { log } = logFile(file)
  const tty = !json && process.stderr.isTTY
  /** What is not the one line of a script stays out of its way. */
  const out = json ? process.stderr : process.stdout
  let stepping = false
  const clearStep = () => {
    if (stepping && tty) process.stderr.write("\r\u001b[2K")
    stepping = false
  }
  const print = (text: string) => {
    clearStep()
    out.write(`${text}\n`)
  }

  return {
    /** What happens right now, in a few words. */
    step(words: string): void {
      stepping = true
      if (tty) process.stderr.write(`\r\u001b[2K  ${words} …`)
      else process.stderr.write(`${words} …\n`)
    },
    log,
    /** What happened while it runs, with the time. */
    tell(text: string): void {
      const [first = "", ...more] = text.split("\n")
      const time = new Date().toLocaleTimeString("en-GB", { hour12: false })
      print(
        first.startsWith("  ")
          ? `          ${first.trim()}`
          : [`${time}  ${first}`, ...more.map((line) => `        ${line}`)].join("\n"),
      )
    },
    /** A line of a function, where `--logs` asks for it. */
    line(line: Line): void {
      const text = logs && terminalLine(line, logs, { colour: colours(out) })
      if (text !== undefined) print(text)
    },
    ready(addresses: Addresses, users: DemoUser[], bootMs: number): void {
      clearStep()
      const demo = users[0]
      const rows = [
        ["Console", addresses.console],
        ["HTTP API", addresses.http],
        ["WebSocket", addresses.ws],
        ["AWS APIs", addresses.aws],
        ...(demo ? [["Sign in", `${demo.email}  ${dim("password")}  ${demo.password}`]] : []),
      ]
      console.log(`\n  ${bold("Backline")} is running ${dim(`· ready in ${(bootMs / 1000).toFixed(1)} s`)}\n`)
      for (const [name, value] of rows) console.log(`  ${dim(name!.padEnd(10))} ${value}`)
      console.log(`\n  ${dim(`Logs in ${file} · calls at ${addresses.aws}/_local/calls · Ctrl-C stops everything`)}`)
      console.log(`  ${dim("Handlers and stacks are run as they are saved.")}\n`)
    },
  }
}
