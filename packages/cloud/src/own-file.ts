import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { isAlive, startOf } from "./process.ts"

const OWNER = "owner.pid"

interface Owner {
  pid: number
  started?: string
}

/** `<pid> <when its process started>` */
function ownerIn(file: string): Owner {
  try {
    const [pid, started] = readFileSync(file, "utf8").split(" ")
    return { pid: Number(pid), started }
  } catch {
    return { pid: 0 }
  }
}

/** Whether this process is the one that owns `folder`: the first that came, or whoever came after it died. */
function claim(folder: string): boolean {
  const file = join(folder, OWNER)
  for (;;) {
    const { pid, started } = ownerIn(file)
    const isOurs = pid === process.pid
    if (isAlive(pid, started)) return isOurs
    rmSync(file, { force: true })
    try {
      writeFileSync(file, [process.pid, startOf(process.pid)].filter(Boolean).join(" "), { flag: "wx" })
      process.once("exit", () => ownerIn(file).pid === process.pid && rmSync(file, { force: true }))
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
export function replaceFile(file: string, text: string, mode?: number): void {
  const next = `${file}.next`
  writeFileSync(next, text, { mode })
  renameSync(next, file)
}
