export interface InboxOptions<T> {
  /** Never rejects. */
  run(item: T): Promise<void>
  /** So many run at once, the others wait. */
  atOnce: number
  /** With more than `backlog` waiting it is a flood, of which so many run at once. */
  backlog: number
  ofBacklog: number
  /** One that runs for so long while the processors are not busy waits for something: the next one need not wait for it. */
  patienceMs: number
  isBusy(): boolean
  /** With so many waiting nothing more shall come, until half of them have gone. */
  most: number
  pause(): void
  resume(): void
}

/** What came from one sender and waits to be run, in the order in which it came. */
export class Inbox<T> {
  private readonly items: T[] = []
  private running = 0
  private isPaused = false

  constructor(private readonly options: InboxOptions<T>) {}

  add(item: T): void {
    this.items.push(item)
    this.next()
    if (this.isPaused || this.items.length < this.options.most) return
    this.isPaused = true
    this.options.pause()
  }

  get waiting(): number {
    return this.items.length
  }

  private get allowed(): number {
    const { atOnce, backlog, ofBacklog } = this.options
    return this.items.length > backlog ? ofBacklog : atOnce
  }

  private next(): void {
    while (this.items.length > 0 && this.running < this.allowed) this.start(this.items.shift()!)
    if (!this.isPaused || this.items.length > this.options.most / 2) return
    this.isPaused = false
    this.options.resume()
  }

  private start(item: T): void {
    this.running++
    const { run, patienceMs, isBusy } = this.options
    let counts = true
    const leave = () => {
      clearInterval(timer)
      if (!counts) return
      counts = false
      this.running--
      this.next()
    }
    const timer = setInterval(() => isBusy() || leave(), patienceMs).unref()
    void run(item).finally(leave)
  }
}
