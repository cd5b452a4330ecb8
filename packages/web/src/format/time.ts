const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" })
const month = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" })
const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" })

/** `2 min ago`; under ten seconds `just now`; after a week the day. */
export function formatAgo(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000))
  if (seconds < 10) return "just now"
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  if (seconds < 7 * 86_400) return `${Math.floor(seconds / 86_400)} d ago`
  return day.format(at)
}

/** An instant in the reader's time zone, to the second. */
export const formatMoment = (at: number): string => moment.format(at)

/** A calendar day (`1893-12-16`) or month (`1893-12`) as it is; no time zone moves it. */
export function formatDay(text: string): string {
  const monthOnly = /^\d{4}-\d{2}$/.test(text)
  const at = Date.parse(`${text}${monthOnly ? "-01" : ""}T00:00:00Z`)
  if (Number.isNaN(at)) return text
  return (monthOnly ? month : day).format(at)
}

/** The last day of a window that ends before `to`. */
export const dayBefore = (to: string): string => new Date(Date.parse(`${to}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)

/** Heading of a list grouped by age. */
export function ageGroup(at: number, now: number): "Today" | "Yesterday" | "Last 7 days" | "Last 30 days" | "Older" {
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  if (at >= midnight) return "Today"
  if (at >= midnight - 86_400_000) return "Yesterday"
  if (at >= midnight - 6 * 86_400_000) return "Last 7 days"
  if (at >= midnight - 29 * 86_400_000) return "Last 30 days"
  return "Older"
}
