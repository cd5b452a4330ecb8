/** Runs what touches the same keys one after the other. */
export class KeyedLock {
  private readonly tails = new Map<string, Promise<void>>()

  /** Waits for all of the keys; give them back by calling what this returns. */
  async lock(keys: readonly string[]): Promise<() => void> {
    let release!: () => void
    const mine = new Promise<void>((resolve) => (release = resolve))
    const distinct = [...new Set(keys)]
    const before = distinct.map((key) => this.tails.get(key) ?? Promise.resolve())
    // All keys are queued for in the same turn, so two callers can never wait for each other.
    for (const key of distinct) this.tails.set(key, mine)
    await Promise.all(before)
    return () => {
      for (const key of distinct) if (this.tails.get(key) === mine) this.tails.delete(key)
      release()
    }
  }
}
