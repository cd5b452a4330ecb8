import type { Clock } from "../../clock.ts"
import type { Queue } from "./queue.ts"

/** Receivers that wait for messages of one queue, served in the order in which they came. */
export class LongPolls {
  private readonly polls = new Set<() => boolean>()
  private readonly enders = new Set<() => void>()
  private alarm?: { at: number; cancel(): void }
  private isWaking = false
  private isWokenAgain = false

  constructor(
    private readonly clock: Clock,
    private readonly queue: () => Queue | undefined,
  ) {}

  /** Resolves with the first messages that `take` gives, or with none at `until` or when the signal aborts. */
  wait<Taken>(take: () => Taken[], until: number, signal: AbortSignal): Promise<Taken[]> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.polls.delete(look)
        this.enders.delete(end)
        signal.removeEventListener("abort", end)
        cancel?.()
      }
      const end = () => {
        leave()
        resolve([])
      }
      const look = (): boolean => {
        try {
          const messages = take()
          if (messages.length === 0) return false
          leave()
          resolve(messages)
        } catch (error) {
          leave()
          reject(error)
        }
        return true
      }
      if (signal.aborted) return resolve([])
      let cancel: (() => void) | undefined
      this.polls.add(look)
      this.enders.add(end)
      signal.addEventListener("abort", end)
      cancel = this.clock.alarm(until, end)
      this.arm()
    })
  }

  /** Something changed: whoever waits looks again. */
  wake(now: number): void {
    if (this.isWaking) this.isWokenAgain = true
    if (this.isWaking || this.polls.size === 0) return
    this.isWaking = true
    try {
      do {
        this.isWokenAgain = false
        this.queue()?.settle(now)
        // The first that gets nothing tells that there is nothing for the others either.
        for (const look of this.polls) if (!look()) break
      } while (this.isWokenAgain && this.polls.size > 0)
    } finally {
      this.isWaking = false
    }
    this.arm()
  }

  /** Ends all waits with nothing. */
  close(): void {
    for (const end of this.enders) end()
    this.alarm?.cancel()
  }

  /** Rings when the next hidden message becomes visible, as long as somebody waits for it. */
  private arm(): void {
    const at = this.polls.size > 0 ? this.queue()?.nextVisibleAt() : undefined
    if (at === this.alarm?.at) return
    this.alarm?.cancel()
    this.alarm = undefined
    if (at === undefined) return
    const alarm = { at, cancel: () => {} }
    this.alarm = alarm
    alarm.cancel = this.clock.alarm(at, () => {
      if (this.alarm === alarm) this.alarm = undefined
      this.wake(this.clock.now())
    })
  }
}
