/** Editors write a file in several steps, and a branch is many files; this long after the last of them it is over. */
const QUIET_MS = 30
/** A stream of changes does not put a reload off for longer. */
const LONGEST_MS = 500

/** Runs `work` some milliseconds after something changed, one run at a time; what changes meanwhile leads to another run. */
export class Lane {
  private changed = new Set<string>()
  private firstAt = 0
  private timer: NodeJS.Timeout | undefined
  private finished: Promise<void> | undefined
  private finish = () => {}

  /** `work` never rejects. */
  constructor(private readonly work: (changed: string[]) => Promise<void>) {}

  /** Files that changed. From now until they were worked on, `idle` waits. */
  add(...paths: string[]): void {
    if (this.changed.size === 0) this.firstAt = performance.now()
    for (const path of paths) this.changed.add(path)
    const first = this.finished === undefined
    this.finished ??= new Promise((resolve) => (this.finish = resolve))
    if (!first && this.timer === undefined) return // a run is under way and will see them
    clearTimeout(this.timer)
    const left = this.firstAt + LONGEST_MS - performance.now()
    this.timer = setTimeout(() => void this.run(), Math.max(0, Math.min(QUIET_MS, left)))
  }

  /** Resolves at once when nothing changed, else when it was worked on. */
  async idle(): Promise<void> {
    while (this.finished) await this.finished
  }

  /** Something waits or is being worked on. */
  get busy(): boolean {
    return this.finished !== undefined
  }

  stop(): void {
    clearTimeout(this.timer)
    this.changed.clear()
    this.end()
  }

  private async run(): Promise<void> {
    this.timer = undefined
    while (this.changed.size > 0) {
      const changed = [...this.changed]
      this.changed.clear()
      await this.work(changed)
      if (this.changed.size > 0) await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
    }
    this.end()
  }

  private end(): void {
    const { finish } = this
    this.finished = undefined
    finish()
  }
}
