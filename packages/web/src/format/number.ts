import { type Amount, minorDigits } from "@backline/client"

const LOCALE = "en"
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 })
const decimal = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 })
const compact = new Intl.NumberFormat(LOCALE, { notation: "compact", maximumFractionDigits: 1 })
const percent = new Intl.NumberFormat(LOCALE, { style: "percent", maximumFractionDigits: 1 })
const signedPercent = new Intl.NumberFormat(LOCALE, { style: "percent", maximumFractionDigits: 0, signDisplay: "exceptZero" })

export const formatNumber = (value: number): string => (Number.isInteger(value) ? whole : decimal).format(value)
export const formatCompact = (value: number): string => compact.format(value)
/** A share, 0.25, as `25%`. */
export const formatShare = (value: number): string => percent.format(value)
/** A change, 0.25, as `+25%`. */
export const formatChange = (value: number): string => signedPercent.format(value)

/** `3 rows`, `1 row`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatNumber(count)} ${count === 1 ? one : many}`

/** Minor units as ISO 4217 has them; without a currency cents. */
export const toUnits = (minor: number, currency?: string): number => minor / 10 ** (currency ? minorDigits(currency) : 2)

/** Minor units as money; without a currency as a plain amount, since a symbol would be a guess. Whole units above 1,000. */
export function formatMoney(minor: number, currency?: string, short = false): string {
  const units = toUnits(minor, currency)
  const digits = Math.abs(units) >= 1_000 || short ? 0 : currency ? minorDigits(currency) : 2
  const style = currency && /^[A-Z]{3}$/.test(currency) ? ({ style: "currency", currency } as const) : {}
  return new Intl.NumberFormat(LOCALE, {
    ...style,
    ...(short
      ? { notation: "compact", maximumFractionDigits: 1 }
      : { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  }).format(units)
}

/** Amounts side by side, never added up: `€1,250 · ¥900`. */
export const formatAmounts = (amounts: readonly Amount[]): string =>
  amounts.map(({ minor, currency }) => formatMoney(minor, currency)).join(" · ") || "–"

/** Millionths of a dollar; below a hundredth of a cent in words. */
export function formatPrice(microUsd: number): string {
  if (microUsd === 0) return "free"
  const usd = microUsd / 1_000_000
  if (usd < 0.0001) return "under $0.0001"
  return `$${usd.toFixed(usd < 0.01 ? 4 : 2)}`
}

/** Milliseconds as a person would say them: `840 ms`, `2.4 s`, `1 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}
