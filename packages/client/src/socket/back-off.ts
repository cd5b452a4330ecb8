const FIRST_MS = 500
const MOST_MS = 20_000

/**
 * Milliseconds to wait before attempt `n` (from 0) to reconnect: half fixed, half random, so that many clients cut off
 * by the same deployment do not come back in the same instant. `random` gives a number in [0, 1).
 */
export function backOff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 16))
  return ceiling / 2 + (random() * ceiling) / 2
}

/** Milliseconds until a connection is replaced: API Gateway cuts it at 2 h, so 105 to 115 min, spread. */
export const renewalDelay = (random: () => number = Math.random): number => (105 + random() * 10) * 60_000
