/** A token bucket: `rate` a second after a first `burst`. `take` says whether one more is allowed. */
export function throttle(rate: number, burst: number, now: () => number): { take(): boolean } {
  let tokens = burst
  let at = now()
  return {
    take() {
      const time = now()
      tokens = Math.min(burst, tokens + (Math.max(0, time - at) / 1000) * rate)
      at = time
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}
