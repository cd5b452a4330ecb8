/** Tokens that come back at a rate, up to a limit. Who takes the last one may owe: the true cost of a call is known only after it. */
export class Bucket {
  private tokens: number
  private at: number

  constructor(
    /** Per second. */
    private readonly rate: number,
    private readonly limit: number,
    now: number,
  ) {
    this.tokens = limit
    this.at = now
  }

  private refill(now: number): void {
    if (now <= this.at) return
    this.tokens = Math.min(this.limit, this.tokens + ((now - this.at) / 1000) * this.rate)
    this.at = now
  }

  isEmpty(now: number): boolean {
    this.refill(now)
    return this.tokens <= 0
  }

  isFull(now: number): boolean {
    this.refill(now)
    return this.tokens >= this.limit
  }

  take(units: number): void {
    this.tokens -= units
  }

  give(units: number): void {
    this.tokens = Math.min(this.limit, this.tokens + units)
  }
}
