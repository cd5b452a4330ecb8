/** Microdollars as dollars, with as many digits as say something: `$0.000042`, `$0.31`. */
export function formatMicroUsd(microUsd: number): string {
  if (microUsd === 0) return "$0"
  const usd = microUsd / 1_000_000
  if (usd < 0.0000001) return "under $0.0000001"
  if (usd >= 1) return `$${usd.toFixed(2)}`
  // Two digits that are not zero.
  const digits = Math.min(8, Math.max(2, 1 - Math.floor(Math.log10(usd))))
  return `$${usd.toFixed(digits)}`
}

const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" })
const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric" })

/** `13:05:12` in the reader's time zone. */
export const formatTime = (at: number): string => time.format(at)
/** `13:05:12.042` */
export const formatTimeMs = (at: number): string => `${time.format(at)}.${String(Math.floor(at) % 1_000).padStart(3, "0")}`
/** `Sat, 21 Nov 2026` */
export const formatDate = (at: number): string => day.format(at)

/** `0.4 ms`, `12 ms`, `1.2 s`, `3 min`, `2 h 5 min`, `4 d`. */
export function formatMs(ms: number): string {
  if (ms === 0) return "0"
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(1))} s`
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`
  return `${Math.floor(hours / 24)} d`
}
