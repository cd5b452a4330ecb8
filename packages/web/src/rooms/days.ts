const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" })
const sameYear = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" })
const otherYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" })
const shortDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" })

/** The reader's midnight before an instant: two instants of one day have the same. */
export const dayOf = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

export const clockTime = (at: number): string => clock.format(at)

/** `Today`, `Yesterday`, `Monday 16 November`, and with its year a day of another year. */
export function dayName(at: number, now: number): string {
  const day = dayOf(at)
  if (day === dayOf(now)) return "Today"
  if (day === dayOf(dayOf(now) - 1)) return "Yesterday"
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? sameYear.format(at) : otherYear.format(at)
}

/** For a narrow column: the time today, else the day. */
export const shortAgo = (at: number, now: number): string => (dayOf(at) === dayOf(now) ? clock.format(at) : shortDay.format(at))
