/** A map that keeps what was set last: beyond `most` entries, or weights as `weigh` has them, it forgets what was set longest ago. */
export class Recent<V> extends Map<string, V> {
  private weight = 0

  constructor(
    private readonly most: number,
    private readonly weigh: (value: V) => number = () => 1,
  ) {
    super()
  }

  override set(key: string, value: V): this {
    this.delete(key)
    super.set(key, value)
    this.weight += this.weigh(value)
    for (const oldest of this.keys()) {
      if (this.weight <= this.most) break
      this.delete(oldest)
    }
    return this
  }

  override delete(key: string): boolean {
    if (this.has(key)) this.weight -= this.weigh(this.get(key)!)
    return super.delete(key)
  }

  override clear(): void {
    this.weight = 0
    super.clear()
  }
}
