/** What waits, in fair turns: the origins one after another, and of each what came first. Nobody waits behind a backlog of somebody else's. */
export class Turns<T> {
  /** In the order of their turns. */
  private readonly lines = new Map<string, T[]>()
  private count = 0

  get size(): number {
    return this.count
  }

  add(origin: string, item: T): void {
    const line = this.lines.get(origin)
    if (line) line.push(item)
    else this.lines.set(origin, [item])
    this.count++
  }

  /** Whose turn it is, left where it is. */
  get next(): T | undefined {
    return this.lines.values().next().value?.[0]
  }

  /** Whose turn it is; its origin's next one comes after one of each other origin. */
  take(): T | undefined {
    const turn = this.lines.entries().next().value
    if (!turn) return undefined
    const [origin, line] = turn
    const item = line.shift()
    this.lines.delete(origin)
    if (line.length > 0) this.lines.set(origin, line)
    this.count--
    return item
  }
}
