import { readdirSync, readFileSync, readlinkSync } from "node:fs"
import { connect } from "node:net"

/** State and parent of a process; undefined once it is gone. A zombie, which waits for its parent to look, counts as gone. */
function statOf(pid: number): { parent: number } | undefined {
  try {
    const [, state = "", parent = "0"] = /^\d+ \(.*\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? []
    return state === "Z" || state === "X" ? undefined : { parent: Number(parent) }
  } catch {
    return undefined
  }
}

export const isRunning = (pid: number): boolean => statOf(pid) !== undefined

/** A process and everything that it started. */
export function familyOf(pid: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync("/proc")) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined
    if (stat) parents.set(Number(name), stat.parent)
  }
  const family = [pid]
  for (const member of family) for (const [child, parent] of parents) if (parent === member) family.push(child)
  return family
}

/** Files on a disk that a process has open for writing. */
export function writtenBy(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/${pid}/fd/${fd}`)
      const flags = Number.parseInt(/flags:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, "utf8"))?.[1] ?? "0", 8)
      return path.startsWith("/") && !path.startsWith("/dev/") && (flags & 3) !== 0 ? [path] : []
    } catch {
      return []
    }
  })
}

/** Whether anybody listens there. */
export const answers = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.once("connect", () => (socket.destroy(), resolve(true))).once("error", () => resolve(false))
  })
