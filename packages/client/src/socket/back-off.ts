const LEAST_MS = 100
const FIRST_MS = 1_000
const MOST_MS = 20_000

/**
 * Milliseconds to wait before attempt `n` (from 0) to reconnect. Nearly all of it is chance: of many clients cut off by the same
 * deployment no more than a fifth come back in the same tenth of a second. `random` gives a number in [0, 1).
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backOff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 16))
  return LEAST_MS + random() * (ceiling - LEAST_MS)
}

/** Milliseconds until a connection is replaced: API Gateway cuts it at 2 h, so 105 to 115 min, spread. */
export const renewalDelay = (random: () => number = Math.random): number => (105 + random() * 10) * 60_000
