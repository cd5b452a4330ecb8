/** Lets `places` callers in at a time, in order. One place makes it a queue. */
export class Turns {
  private free: number
  private readonly queue: (() => void)[] = []

  constructor(places: number) {
    this.free = places
  }

  /** Resolves to the function that gives the place back. */
  async take(): Promise<() => void> {
    if (this.free > 0) this.free--
    else await new Promise<void>((resolve) => this.queue.push(resolve))
    let given = false
    return () => {
      if (given) return
      given = true
      const next = this.queue.shift()
      if (next) next()
      else this.free++
    }
  }
}
