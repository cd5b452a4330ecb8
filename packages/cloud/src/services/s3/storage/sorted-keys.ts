/** Keys of one block; blocks are split in half above it. Small enough to splice, large enough that a bucket has few. */
const BLOCK = 1_024

/** Below it, the order of UTF-16 code units is the order of UTF-8 bytes; above, surrogates come too early. */
const HIGH = /[\uD800-\uFFFF]/

/** Order of UTF-8 bytes, in which S3 lists: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ListingKeysUsingAPIs.html */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  let at = 0
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++
  if (at === length) return a.length - b.length
  const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)]
  const isSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff
  if (isSurrogate(x) !== isSurrogate(y) && Math.max(x, y) >= 0xe000) return isSurrogate(x) ? 1 : -1
  return x - y
}

/** A set of keys that is always in order: adding, removing and finding a place cost a binary search, also at a million keys. */
export class SortedKeys {
  private readonly blocks: string[][] = []
  private hasHigh = false
  size = 0

  add(key: string): void {
    if (!this.hasHigh && HIGH.test(key)) this.hasHigh = true
    const isBefore = this.before(key)
    const index = Math.max(0, firstOf(this.blocks, ([first]) => isBefore(first!) || first === key) - 1)
    const block = (this.blocks[index] ??= [])
    const at = firstOf(block, isBefore)
    if (block[at] === key) return
    block.splice(at, 0, key)
    this.size++
    if (block.length > BLOCK) this.blocks.splice(index + 1, 0, block.splice(BLOCK / 2))
  }

  delete(key: string): void {
    const isBefore = this.before(key)
    const index = firstOf(this.blocks, ([first]) => isBefore(first!) || first === key) - 1
    const block = this.blocks[index]
    if (!block) return
    const at = firstOf(block, isBefore)
    if (block[at] !== key) return
    block.splice(at, 1)
    this.size--
    if (block.length === 0) this.blocks.splice(index, 1)
  }

  /** Walks from the first key for which `isBefore` is false; it must be true for a first run of keys and false for the rest. */
  *from(isBefore: (key: string) => boolean): Generator<string, void, void> {
    const start = Math.max(0, firstOf(this.blocks, ([first]) => isBefore(first!)) - 1)
    let at = firstOf(this.blocks[start] ?? [], isBefore)
    for (let index = start; index < this.blocks.length; index++, at = 0) {
      const block = this.blocks[index]!
      for (; at < block.length; at++) yield block[at]!
    }
  }

  /** The first key for which `isBefore` is false, as of `from`. */
  first(isBefore: (key: string) => boolean): string | undefined {
    return this.from(isBefore).next().value ?? undefined
  }

  private before(key: string): (other: string) => boolean {
    return this.hasHigh ? (other) => compareKeys(other, key) < 0 : (other) => other < key
  }
}

/** Index of the first item for which `isBefore` is false; the length when there is none. */
function firstOf<T>(items: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBefore(items[middle]!)) low = middle + 1
    else high = middle
  }
  return low
}
