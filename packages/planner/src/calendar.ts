/** Days as YYYY-MM-DD; arithmetic in UTC, since a calendar day has no zone. */
export const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
]

const pad = (n: number): string => String(n).padStart(2, "0")
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** A day that exists, or undefined. */
export function day(year: number, month: number, date: number): string | undefined {
  const text = `${year}-${pad(month)}-${pad(date)}`
  return dayOf(Date.UTC(year, month - 1, date)) === text ? text : undefined
}

export const addDays = (text: string, days: number): string => dayOf(Date.parse(`${text}T00:00:00Z`) + days * 86_400_000)

export function addMonths(text: string, months: number): string {
  const [year = 0, month = 1, date = 1] = text.split("-").map(Number)
  const first = new Date(Date.UTC(year, month - 1 + months, 1))
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  return dayOf(first.setUTCDate(Math.min(date, last)))
}

export const startOfYear = (year: number): string => `${year}-01-01`

/** `16 December 1893` */
export function spoken(text: string): string {
  const [year, month = 1, date] = text.split("-").map(Number)
  const name = MONTHS[month - 1]!
  return `${date} ${name[0]!.toUpperCase()}${name.slice(1)} ${year}`
}
