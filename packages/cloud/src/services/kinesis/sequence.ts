/** Decimal digits of a position inside its shard, and of the shard's own number, at the end of a sequence number. */
const POSITION_DIGITS = 14
const SHARD_DIGITS = 2

/**
 * Sequence numbers of one shard: 56 decimal digits that start with 49, as AWS's do, made of the shard's creation second, the
 * position and the shard's number. They increase per shard, and a child shard's are greater than its parent's.
 */
export class Sequence {
  /** Where the shard starts: less than the number of its first record, greater than any of its parents'. */
  readonly start: string
  private readonly prefix: string
  private readonly suffix: string

  constructor(createdAt: number, shardIndex: number) {
    const base = (1n << 185n) + (BigInt(Math.floor(createdAt / 1000)) << 148n)
    this.prefix = base.toString().slice(0, -(POSITION_DIGITS + SHARD_DIGITS))
    this.suffix = String(shardIndex % 10 ** SHARD_DIGITS).padStart(SHARD_DIGITS, "0")
    this.start = String(BigInt(this.prefix) - 1n) + "9".repeat(POSITION_DIGITS) + this.suffix
  }

  /** The sequence number of the record at `position` (from 0). */
  at(position: number): string {
    return this.prefix + String(position).padStart(POSITION_DIGITS, "0") + this.suffix
  }

  /** Position of a sequence number of this shard, -1 for the one it starts with; undefined for one that another shard gave out. */
  positionOf(sequenceNumber: string): number | undefined {
    if (sequenceNumber === this.start) return -1
    const isOurs = sequenceNumber.length === 56 && sequenceNumber.startsWith(this.prefix) && sequenceNumber.endsWith(this.suffix)
    return isOurs ? Number(sequenceNumber.slice(this.prefix.length, -SHARD_DIGITS)) : undefined
  }
}
