/** What one shard takes and gives per second: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const SHARD_LIMITS = { inBytes: 1_048_576, inRecords: 1_000, outBytes: 2 * 1_048_576, reads: 5 } as const

/**
 * What a shard holds ready for records of more than a second's bytes. One of 10 MiB empties it, and it fills again with 1 MiB a second; records that
 * fit into a second are taken meanwhile: https://docs.aws.amazon.com/streams/latest/dev/large-records.html
 */
const LARGE_BYTES = 10 * 1_048_576

/** Counts of the running second of one shard. */
export class Throughput {
  /** Bytes of large records that no second has paid for, and when that was so. */
  private owed = 0
  private owedAt = 0
  private second = -1
  private bytes = 0
  private records = 0
  private readSecond = -1
  private reads = 0
  private readBytes = 0
  /** Reading more than a second's bytes at once is paid by the seconds after it. */
  private readableAt = 0

  /** Whether a record fits into this second; counts it when it does. */
  write(now: number, bytes: number): boolean {
    const second = Math.floor(now / 1000)
    if (second !== this.second) {
      this.second = second
      this.bytes = 0
      this.records = 0
    }
    if (this.records + 1 > SHARD_LIMITS.inRecords) return false
    const fits = bytes > SHARD_LIMITS.inBytes ? this.writeLarge(now, bytes) : this.bytes + bytes <= SHARD_LIMITS.inBytes
    if (!fits) return false
    this.records++
    this.bytes += bytes
    return true
  }

  private writeLarge(now: number, bytes: number): boolean {
    const owed = Math.max(0, this.owed - ((now - this.owedAt) / 1000) * SHARD_LIMITS.inBytes)
    if (owed + bytes > LARGE_BYTES) return false
    this.owed = owed + bytes
    this.owedAt = now
    return true
  }

  /** Whether one more read is allowed in this second; counts it when it is. */
  read(now: number): boolean {
    const second = Math.floor(now / 1000)
    if (second !== this.readSecond) {
      this.readSecond = second
      this.reads = 0
      this.readBytes = 0
    }
    if (now < this.readableAt || this.reads >= SHARD_LIMITS.reads) return false
    this.reads++
    return true
  }

  /** Counts what a read gave. */
  gave(now: number, bytes: number): void {
    this.readBytes += bytes
    if (this.readBytes >= SHARD_LIMITS.outBytes)
      this.readableAt = Math.floor(now / 1000) * 1000 + Math.ceil(this.readBytes / SHARD_LIMITS.outBytes) * 1000
  }
}
