import { now } from "../clock.ts"
import { AppError } from "../error.ts"

const DAY_MS = 86_400_000
export const DEFAULT_DAYS = 90

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
/** The calendar day `days` after `day` (before, when negative). */
const shift = (day: string, days: number): string => dayOf(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS)
const daysBetween = (from: string, to: string): number =>
  (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS

export interface Window {
  from?: string | undefined
  to?: string | undefined
  days?: number | undefined
}

const refuse = (path: string, message: string): AppError =>
  new AppError("input", "input.window", message, { details: [{ path, message }] })

/**
 * The calendar days meant, `to` exclusive. `days` are the last ones up to and with today (UTC), default 90; a missing `from` is 90 days
 * before `to`, a missing `to` is tomorrow. Throws `input.window` for days beside from/to and for an empty window.
 */
export function windowOf({ from, to, days }: Window): { from: string; to: string } {
  if (days !== undefined && (from !== undefined || to !== undefined))
    throw refuse("days", "Give either days, or from and to: they name the same window twice.")
  const end = to ?? shift(dayOf(now()), 1)
  const start = from ?? shift(end, -(days ?? DEFAULT_DAYS))
  if (start >= end) throw refuse("from", "from must be before to: to is exclusive, so one day is from=2024-05-01&to=2024-05-02.")
  return { from: start, to: end }
}

/** First day of the window of equal length that ends where this one starts. */
export const precedingStart = ({ from, to }: { from: string; to: string }): string => shift(from, -daysBetween(from, to))
