/** A binary heap whose items know their place in it (in `slot`; -1 is outside), so that any of them leaves in O(log n). */
export class Heap<Slot extends string, Item extends Readonly<Record<Slot, number>>> {
  private readonly items: Item[] = []

  constructor(
    private readonly slot: Slot,
    private readonly before: (a: Item, b: Item) => boolean,
  ) {}

  get size(): number {
    return this.items.length
  }

  get top(): Item | undefined {
    return this.items[0]
  }

  push(item: Item): void {
    this.items.push(item)
    this.rise(item, this.items.length - 1)
  }

  remove(item: Item): void {
    const place = item[this.slot]
    if (place < 0) return
    const last = this.items.pop()!
    this.set(item, -1)
    if (last === item) return
    this.items[place] = last
    this.rise(last, place)
    this.sink(last, last[this.slot])
  }

  /** The first `max` items in order; the heap stays as it is. */
  first(max: number): Item[] {
    const found: Item[] = []
    while (found.length < max && this.items.length > 0) {
      found.push(this.items[0]!)
      this.remove(this.items[0]!)
    }
    for (const item of found) this.push(item)
    return found
  }

  private set(item: Item, place: number): void {
    ;(item as Record<Slot, number>)[this.slot] = place
  }

  private rise(item: Item, from: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.before(item, this.items[parent]!)) break
      this.items[place] = this.items[parent]!
      this.set(this.items[place]!, place)
      place = parent
    }
    this.items[place] = item
    this.set(item, place)
  }

  private sink(item: Item, from: number): void {
    let place = from
    for (;;) {
      let child = 2 * place + 1
      if (child >= this.items.length) break
      if (child + 1 < this.items.length && this.before(this.items[child + 1]!, this.items[child]!)) child++
      if (!this.before(this.items[child]!, item)) break
      this.items[place] = this.items[child]!
      this.set(this.items[place]!, place)
      place = child
    }
    this.items[place] = item
    this.set(item, place)
  }
}
