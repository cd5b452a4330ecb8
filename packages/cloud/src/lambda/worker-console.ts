import { format } from "node:util"

const LEVELS = { log: "INFO", info: "INFO", warn: "WARN", error: "ERROR", debug: "DEBUG", trace: "TRACE" } as const

/** Sends what handlers write through `line` at once, so that nothing is lost when the thread freezes or dies. */
export function installConsole(line: (level: string, text: string) => void): void {
  for (const [method, level] of Object.entries(LEVELS))
    console[method as keyof typeof LEVELS] = (...args: unknown[]) => line(level, format(...args))
  const write = (chunk: Uint8Array | string, encoding?: unknown, done?: unknown): boolean => {
    line("", (typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8")).replace(/\n$/, ""))
    const callback = typeof encoding === "function" ? encoding : done
    if (typeof callback === "function") queueMicrotask(() => callback())
    return true
  }
  process.stdout.write = write
  process.stderr.write = write
}
