import { closeSync, openSync, writeSync } from "node:fs"
import type { Addresses } from "./cloud.ts"
import type { DemoUser } from "./demo.ts"
import { ownFile } from "./own-file.ts"

const dim = (text: string) => (process.stdout.isTTY ? `\u001b[2m${text}\u001b[22m` : text)
const bold = (text: string) => (process.stdout.isTTY ? `\u001b[1m${text}\u001b[22m` : text)

const LOG_LIMIT = 64 * 1024 * 1024

/** The terminal's face: one line while it starts, one calm screen when it runs; everything that functions log goes to a file. */
export function screen({ json }: { json: boolean }) {
  const file = ownFile(".backline", "local.log")
  const handle = openSync(file, "w")
  let written = 0
  process.on("exit", () => closeSync(handle))
  const tty = !json && process.stderr.isTTY

  return {
    /** What happens right now, in a few words. */
    step(words: string): void {
      if (tty) process.stderr.write(`\r\u001b[2K  ${words} …`)
      else process.stderr.write(`${words} …\n`)
    },
    log(source: string, line: string): void {
      if (written > LOG_LIMIT) return
      written += writeSync(handle, `${source}  ${line}\n`)
    },
    ready(addresses: Addresses, users: DemoUser[], bootMs: number): void {
      if (tty) process.stderr.write("\r\u001b[2K")
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
      console.log(`\n  ${dim(`Logs in ${file} · calls at ${addresses.aws}/_local/calls · Ctrl-C stops everything`)}\n`)
    },
  }
}
