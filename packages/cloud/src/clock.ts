/** Sleeps are cut here, because timers of Node hold at most 2^31 - 1 ms. */
const LONGEST_MS = 2 ** 31 - 1

interface Alarm {
  at: number
  run(): void
  timer: NodeJS.Timeout | undefined
}

/** The time of one local cloud: the machine's, moved by what the control surface advanced. It never goes back. */
export class Clock {
  private aheadMs = 0
  private readonly alarms = new Set<Alarm>()

  constructor(private readonly machine: () => number = Date.now) {}

  /** Epoch milliseconds. */
  readonly now = (): number => this.machine() + this.aheadMs

  /** Moves the time forward; every alarm it passes rings before this returns, in the order of their times. */
  advance(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`A clock advances by milliseconds from 0, not by ${ms}.`)
    this.aheadMs += ms
    for (const alarm of [...this.alarms].sort((a, b) => a.at - b.at)) this.look(alarm)
  }

  /** Runs `run` once when the time has come, also when it is moved there. Returns how to call it off. */
  alarm(at: number, run: () => void): () => void {
    const alarm: Alarm = { at, run, timer: undefined }
    this.alarms.add(alarm)
    this.look(alarm)
    return () => this.forget(alarm)
  }

  stop(): void {
    for (const alarm of this.alarms) this.forget(alarm)
  }

  private look(alarm: Alarm): void {
    if (!this.alarms.has(alarm)) return
    clearTimeout(alarm.timer)
    const left = alarm.at - this.now()
    if (left > 0) {
      alarm.timer = setTimeout(() => this.look(alarm), Math.min(left, LONGEST_MS)).unref()
      return
    }
    this.forget(alarm)
    alarm.run()
  }

  private forget(alarm: Alarm): void {
    clearTimeout(alarm.timer)
    this.alarms.delete(alarm)
  }
}
