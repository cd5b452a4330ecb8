interface Out {
  write(text: string): unknown
  isTTY?: boolean
  columns?: number
}

/** One moving line on a terminal, a line every few seconds in a log. */
export function createMeter(out: Out, everyMs = 5_000) {
  let last = 0
  let open = false
  return {
    show(line: string): void {
      const now = Date.now()
      if (now - last < (out.isTTY ? 100 : everyMs)) return
      last = now
      out.write(out.isTTY ? `\r\x1b[2K${line.slice(0, (out.columns ?? 100) - 1)}` : `${line}\n`)
      open = Boolean(out.isTTY)
    },
    /** A line that stays. */
    say(line: string): void {
      out.write(`${open ? "\r\x1b[2K" : ""}${line}\n`)
      open = false
    },
    end(): void {
      if (open) out.write("\r\x1b[2K")
      open = false
    },
  }
}

export type Meter = ReturnType<typeof createMeter>

/** `[#####·····] 52 %` */
export function bar(done: number, all: number, width = 20): string {
  const share = all === 0 ? 1 : Math.min(1, done / all)
  const full = Math.round(share * width)
  return `[${"#".repeat(full)}${"·".repeat(width - full)}] ${String(Math.round(share * 100)).padStart(3)} %`
}
