/** One line that a function wrote, or that the runtime wrote about it. */
export interface Line {
  /** Position, from 1; never given twice in one run. */
  n: number
  /** Epoch milliseconds. */
  at: number
  function: string
  /** Empty for lines outside an invocation. */
  requestId: string
  /** `REPORT` is the runtime's summary of an invocation. */
  level: "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "REPORT"
  text: string
}

export interface Wanted {
  /** Lines after this position. */
  since?: number
  /** Part of the function's name. */
  function?: string
  /** The id or its beginning. */
  requestId?: string
  level?: string
  limit?: number
}

/** Enough to look back over some minutes of busy functions: about 8 MB at the longest. */
const KEPT = 20_000
const LONGEST = 16_384

/** The newest lines of all functions, for the terminal and GET /_local/logs; CloudWatch's groups are another matter. */
export class Lines {
  private kept: Line[] = []
  private next = 1
  private readonly listeners = new Set<(line: Line) => void>()

  add(line: Omit<Line, "n">): void {
    const text = line.text.length > LONGEST ? `${line.text.slice(0, LONGEST)} … ${line.text.length} characters` : line.text
    const added = { n: this.next++, ...line, text }
    this.kept.push(added)
    if (this.kept.length > KEPT * 1.1) this.kept = this.kept.slice(-KEPT)
    for (const listener of this.listeners) listener(added)
  }

  /** Oldest first. Without `since` the newest ones. */
  find({ since, function: name = "", requestId = "", level, limit = 1_000 }: Wanted): Line[] {
    const from = since === undefined ? 0 : Math.max(0, this.kept.length - (this.next - 1 - since))
    const found = this.kept
      .slice(from)
      .filter(
        (line) =>
          line.function.includes(name) && line.requestId.startsWith(requestId) && (level === undefined || line.level === level),
      )
    return since === undefined ? found.slice(-limit) : found.slice(0, limit)
  }

  /** Tells every line as it comes. Returns how to stop that. */
  listen(listener: (line: Line) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

const LEVELS = new Set<string>(["TRACE", "DEBUG", "INFO", "WARN", "ERROR"])

/** The level that a line claims: that of the console's method, or of the JSON in it. */
export function levelOf(method: string, text: string): Line["level"] {
  const inside = text.startsWith("{") ? /"level":\s*"(\w+)"/.exec(text.slice(0, 200))?.[1]?.toUpperCase() : undefined
  const level = inside ?? method
  return LEVELS.has(level) ? (level as Line["level"]) : "INFO"
}
