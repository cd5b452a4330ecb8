/** What one shard takes and gives per second: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const SHARD_LIMITS = { inBytes: 1_048_576, inRecords: 1_000, outBytes: 2 * 1_048_576, reads: 5 } as const

/** Counts of the running second of one shard. */
export class Throughput {
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
    if (this.records + 1 > SHARD_LIMITS.inRecords || this.bytes + bytes > SHARD_LIMITS.inBytes) return false
    this.records++
    this.bytes += bytes
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
