/** Remembers values by key for a while. What is older is forgotten when something is added. */
export class Recent<Value> {
  private readonly known = new Map<string, { at: number; value: Value }>()
  /** Keys in the order they came; those before `start` are forgotten. */
  private keys: { key: string; at: number }[] = []
  private start = 0

  constructor(private readonly windowMs: number) {}

  get(key: string, now: number): Value | undefined {
    const found = this.known.get(key)
    return found && now < found.at + this.windowMs ? found.value : undefined
  }

  set(key: string, value: Value, at: number): void {
    this.forget(at)
    this.known.set(key, { at, value })
    this.keys.push({ key, at })
  }

  /** What is still remembered, oldest first. */
  *entries(now: number): Generator<{ key: string; at: number; value: Value }> {
    for (const { key, at } of this.keys.slice(this.start)) {
      const found = this.known.get(key)
      if (found?.at === at && now < at + this.windowMs) yield { key, at, value: found.value }
    }
  }

  private forget(now: number): void {
    while (this.start < this.keys.length && this.keys[this.start]!.at + this.windowMs <= now) {
      const { key, at } = this.keys[this.start++]!
      if (this.known.get(key)?.at === at) this.known.delete(key)
    }
    if (this.start > 1_000 && this.start * 2 > this.keys.length) {
      this.keys = this.keys.slice(this.start)
      this.start = 0
    }
  }
}
