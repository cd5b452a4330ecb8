/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What goes wrong between clients and service: shares of 0 to 1, and the longest delay. */
export interface Chaos {
  random(): number
  /** Frames that never arrive, in either direction. */
  drop: number
  /** Live frames that arrive twice. */
  double: number
  /** Each frame is late by up to this, so that later ones overtake it. */
  delayMs: number
  /** Requests answered `limit.rate`. */
  limit: number
  /** Requests whose connection is cut just before the answer. */
  cut: number
  /** Whether a repeated message uses up its number; the contract leaves it open. */
  repeatsCount: boolean
}
