/** Tenths of a millisecond up to a minute: twenty million samples take no more room than one. */
const PER_MS = 10
const LONGEST_MS = 60_000

export class Latencies {
  private readonly counts = new Uint32Array(LONGEST_MS * PER_MS + 1)
  count = 0

  add(ms: number): void {
    this.counts[(Math.min(LONGEST_MS, Math.max(0, ms)) * PER_MS) | 0]! += 1
    this.count += 1
  }

  merge(other: Latencies): void {
    other.counts.forEach((count, slot) => (this.counts[slot]! += count))
    this.count += other.count
  }

  /** Milliseconds that this share of the samples did not exceed; NaN without any. */
  quantile(share: number): number {
    const wanted = Math.ceil(this.count * share)
    for (let slot = 0, seen = 0; slot < this.counts.length; slot++)
      if ((seen += this.counts[slot]!) >= wanted && wanted > 0) return (slot + 1) / PER_MS
    return Number.NaN
  }

  /** p99 over p50. */
  get spread(): number {
    return this.quantile(0.99) / this.quantile(0.5)
  }
}
