import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const OWNER = "owner.pid"

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: alive, and somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

const readPid = (file: string): number => {
  try {
    return Number(readFileSync(file, "utf8"))
  } catch {
    return 0
  }
}

/** Whether this process is the one that owns `folder`: the first that came, or whoever came after it died. */
function claim(folder: string): boolean {
  const file = join(folder, OWNER)
  for (;;) {
    const owner = readPid(file)
    if (owner === process.pid) return true
    if (owner > 0 && isAlive(owner)) return false
    rmSync(file, { force: true })
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" })
      process.once("exit", () => readPid(file) === process.pid && rmSync(file, { force: true }))
      return true
    } catch {
      // Another one was faster; it is asked about next.
    }
  }
}

/**
 * The path of a file that this process alone writes: `name` for the first cloud of a checkout, `run.<pid>.json` for one that runs beside
 * it. What processes that are dead by now left under such names is removed.
 */
export function ownFile(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true })
  const [, stem = name, extension = ""] = /^(.+?)(\.[^.]+)?$/.exec(name) ?? []
  for (const each of readdirSync(folder)) {
    const pid =
      each.startsWith(`${stem}.`) && each.endsWith(extension) ? Number(each.slice(stem.length + 1, -extension.length)) : NaN
    if (Number.isInteger(pid) && !isAlive(pid)) rmSync(join(folder, each), { force: true })
  }
  return join(folder, claim(folder) ? name : `${stem}.${process.pid}${extension}`)
}

/** Writes a file of this process so that whoever reads it, or finds it after a kill, sees all of the old text or all of the new. */
export function replaceFile(file: string, text: string): void {
  const next = `${file}.next`
  writeFileSync(next, text)
  renameSync(next, file)
}
