/** As the SDK has it. */
const LONGEST_MS = 20_000

/**
 * Milliseconds to wait after `failed` attempts: anything up to a bound that doubles each time, so that those who were refused together do not come back
 * together. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const backOff = (failed: number, firstMs: number, mostMs = LONGEST_MS): number =>
  Math.random() * Math.min(firstMs * 2 ** (failed - 1), mostMs)

/** Waits that long. */
export const pause = (failed: number, firstMs: number, mostMs?: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, backOff(failed, firstMs, mostMs)))
