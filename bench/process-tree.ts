import { readdirSync, readFileSync } from "node:fs"

const TICKS = 100 // USER_HZ on every Linux that Node runs on: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html

interface Row {
  parent: number
  cpuMs: number
  rssMb: number
}

function read(pid: number): Row | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    // Own time and that of children which ended and were waited for: a process per call is a cost too.
    const cpu = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0)
    return { parent: Number(fields[1]), cpuMs: (cpu * 1000) / TICKS, rssMb: (Number(fields[21]) * 4096) / 1_048_576 }
  } catch {
    return undefined
  }
}

/** CPU milliseconds and resident MB of a process and everything below it, now. Linux only. */
export function processTree(root: number): { cpuMs: number; rssMb: number; processes: number } {
  const rows = new Map<number, Row>()
  for (const name of readdirSync("/proc"))
    if (/^\d+$/.test(name)) {
      const row = read(Number(name))
      if (row) rows.set(Number(name), row)
    }
  const below = new Set([root])
  for (let grown = true; grown;) {
    grown = false
    for (const [pid, row] of rows) if (!below.has(pid) && below.has(row.parent)) grown = Boolean(below.add(pid))
  }
  const own = [...below].flatMap((pid) => rows.get(pid) ?? [])
  return {
    cpuMs: own.reduce((sum, row) => sum + row.cpuMs, 0),
    rssMb: own.reduce((sum, row) => sum + row.rssMb, 0),
    processes: own.length,
  }
}

/** Samples the tree's memory until stopped; resolves to the greatest sum seen. */
export function peakMemory(root: number, everyMs = 250): { stop(): number } {
  let peak = 0
  const sample = () => void (peak = Math.max(peak, processTree(root).rssMb))
  sample()
  const timer = setInterval(sample, everyMs)
  return {
    stop: () => {
      clearInterval(timer)
      sample()
      return peak
    },
  }
}
