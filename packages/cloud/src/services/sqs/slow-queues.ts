/** The documented rules of SQS, transcribed without any structure that would make them fast. The engine is compared with it. */
export interface SlowMessage {
  id: string
  body: string
  group?: string
  sentAt: number
  visibleAt: number
  order: number
  /** Receives in all queues, and in this one. */
  receives: number
  receivesHere: number
  queue: string
}

interface SlowQueue {
  name: string
  isFifo: boolean
  visibilityMs: number
  retentionMs: number
  dead?: { name: string; after: number }
}

const DEDUPLICATION_MS = 300_000

export class SlowQueues {
  messages: SlowMessage[] = []
  private sent: { queue: string; key: string; at: number; id: string }[] = []
  private count = 0

  constructor(private readonly queues: readonly SlowQueue[]) {}

  /** The id of the message, or of the one that it repeats. */
  send(
    now: number,
    queue: string,
    message: { id: string; body: string; delayMs?: number; group?: string; key?: string },
  ): string {
    const { isFifo } = this.of(queue)
    const same = this.sent.find(
      (each) => isFifo && each.queue === queue && each.key === message.key && now < each.at + DEDUPLICATION_MS,
    )
    if (same) return same.id
    if (isFifo) this.sent.push({ queue, key: message.key!, at: now, id: message.id })
    this.messages.push({
      ...message,
      queue,
      sentAt: now,
      visibleAt: now + (message.delayMs ?? 0),
      order: this.count++,
      receives: 0,
      receivesHere: 0,
    })
    return message.id
  }

  receive(now: number, queue: string, max: number): SlowMessage[] {
    this.expire(now)
    const { dead, visibilityMs } = this.of(queue)
    for (;;) {
      const found = this.deliverable(now, queue).slice(0, max)
      const spent = found.filter((message) => dead && message.receivesHere >= dead.after)
      const live = found.filter((message) => !spent.includes(message))
      for (const message of spent) {
        message.queue = dead!.name
        message.receivesHere = 0
        message.order = this.count++
        message.visibleAt = now
        if (this.of(dead!.name).isFifo) message.sentAt = now
      }
      for (const message of live) {
        message.receives++
        message.receivesHere++
        message.visibleAt = now + visibilityMs
      }
      if (live.length > 0 || found.length === 0) return live
    }
  }

  /** In a standard queue the handle of the last receive deletes; in a FIFO queue only while the message is hidden. */
  delete(now: number, id: string, receives: number): boolean {
    this.expire(now)
    const message = this.messages.find((each) => each.id === id)
    if (!message) return true
    const isCurrent = message.receives === receives
    if (this.of(message.queue).isFifo && !(isCurrent && this.isInFlight(message, now))) return false
    if (isCurrent) this.messages = this.messages.filter((each) => each !== message)
    return true
  }

  change(now: number, id: string, receives: number, ms: number): boolean {
    this.expire(now)
    const message = this.messages.find((each) => each.id === id)
    if (!message || message.receives !== receives || !this.isInFlight(message, now)) return false
    message.visibleAt = now + ms
    return true
  }

  counts(now: number, queue: string) {
    this.expire(now)
    const all = this.messages.filter((each) => each.queue === queue)
    const inFlight = all.filter((each) => this.isInFlight(each, now)).length
    const visible = all.filter((each) => each.visibleAt <= now).length
    return { visible, inFlight, delayed: all.length - visible - inFlight }
  }

  expire(now: number): void {
    this.messages = this.messages.filter(({ sentAt, queue }) => now < sentAt + this.of(queue).retentionMs)
  }

  private of(name: string): SlowQueue {
    return this.queues.find((queue) => queue.name === name)!
  }

  private isInFlight(message: SlowMessage, now: number): boolean {
    return message.visibleAt > now && message.receivesHere > 0
  }

  /** Visible messages, longest visible first; of a FIFO group only those that have no hidden one before them, group after group. */
  private deliverable(now: number, queue: string): SlowMessage[] {
    const all = this.messages.filter((each) => each.queue === queue)
    if (!this.of(queue).isFifo)
      return all.filter(({ visibleAt }) => visibleAt <= now).sort((a, b) => a.visibleAt - b.visibleAt || a.order - b.order)
    const byOrder = all.sort((a, b) => a.order - b.order)
    const groups = [...new Set(byOrder.map(({ group }) => group))]
    return groups.flatMap((group) => {
      const own = byOrder.filter((each) => each.group === group)
      const hidden = own.findIndex(({ visibleAt }) => visibleAt > now)
      return hidden < 0 ? own : own.slice(0, hidden)
    })
  }
}
