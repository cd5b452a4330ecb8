import { closeSync, openSync, writeSync } from "node:fs"

const LIMIT = 64 * 1024 * 1024
/** Every invocation logs three lines or more: one system call for each would cost as much as a small handler. */
const FLUSH_MS = 25
const FLUSH_CHARACTERS = 64 * 1024

/** A bounded file of lines, written some milliseconds late and in full when the process exits. */
export function logFile(path: string): { log(source: string, line: string): void } {
  const handle = openSync(path, "w")
  let written = 0
  let waiting = ""
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (waiting) written += writeSync(handle, waiting)
    waiting = ""
  }
  process.on("exit", () => {
    flush()
    closeSync(handle)
  })
  return {
    log(source, line) {
      if (written > LIMIT) return
      waiting += `${source}  ${line}\n`
      if (waiting.length > FLUSH_CHARACTERS) flush()
      else timer ??= setTimeout(flush, FLUSH_MS).unref()
    },
  }
}
