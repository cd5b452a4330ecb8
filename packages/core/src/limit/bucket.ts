import { Recent } from "../recent.ts"

export interface Rate {
  /** So many at once, after a pause. */
  burst: number
  perSecond: number
}

/** Token buckets by key, in the memory of one function: the keys that were used last, each bucket refilled by time alone. */
export function buckets({ burst, perSecond }: Rate, most = 10_000) {
  const kept = new Recent<{ tokens: number; at: number }>(most)

  /** 0 where a token was taken, else the milliseconds until there is one. */
  return (key: string, now: number): number => {
    const last = kept.get(key) ?? { tokens: burst, at: now }
    const tokens = Math.min(burst, last.tokens + (Math.max(0, now - last.at) * perSecond) / 1000)
    const isFree = tokens >= 1
    kept.set(key, { tokens: isFree ? tokens - 1 : tokens, at: Math.max(now, last.at) })
    return isFree ? 0 : Math.ceil(((1 - tokens) * 1000) / perSecond)
  }
}
