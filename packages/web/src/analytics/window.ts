import type { SalesOf } from "@backline/client"

const DAY_MS = 86_400_000
const shift = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)

/** Sales lie behind: the days up to and with today. Concerts lie on both sides: as many days before as after. */
export function spanOf(of: SalesOf, days: number, today: string): { from: string; to: string } {
  const tomorrow = shift(today, 1)
  return of === "sale" ? { from: shift(tomorrow, -days), to: tomorrow } : { from: shift(today, -days), to: shift(tomorrow, days) }
}
