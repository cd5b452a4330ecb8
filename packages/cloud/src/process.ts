import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"

interface Stat {
  /** `R`, `S`, `Z` …: one letter. */
  state: string
  /** In the kernel's ticks since boot, or as `ps` writes it: only ever compared. */
  started: string
}

/** Fields 3 and 22; the name before them may hold anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function fromProc(pid: number): Stat {
  const [state = "", ...rest] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ")
  return { state, started: rest[18] ?? "" }
}

/** `Ss   Mon Dec  1 03:20:00 2025` */
function fromPs(pid: number): Stat | undefined {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-o", "lstart=", "-p", String(pid)], { encoding: "utf8", timeout: 5_000 })
  const [, state, started] = /^(\S)\S*\s+(.+?)\s*$/.exec(stdout ?? "") ?? []
  return state && started ? { state, started } : undefined
}

/** What the system says of a process; nothing where it does not say it, or has no such process. */
function statOf(pid: number): Stat | undefined {
  try {
    return process.platform === "linux" ? fromProc(pid) : fromPs(pid)
  } catch {
    return undefined
  }
}

/** When a process started; a process id alone is given again. */
export const startOf = (pid: number): string | undefined => statOf(pid)?.started

/** Zombies have ended and only wait for their parent to ask how: they hold no file, no port and no lock. */
const ENDED = new Set(["Z", "X", "x"])

/** Whether a process runs, and where `started` is given, whether it is still the one that started then. */
export function isAlive(pid: number, started?: string): boolean {
  // 0 and negative numbers mean groups of processes.
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: alive, and somebody else's.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false
  }
  const stat = statOf(pid)
  if (!stat) return true
  return !ENDED.has(stat.state) && (started === undefined || stat.started === started)
}
