import { AppError } from "../error.ts"
import { windowOf } from "../analytics/window.ts"

/** Which days an answer counts by, in words that every answer carries. */
export const CALENDAR = {
  sale: "the day of the sale, in the venue's time zone (UTC where none is known)",
  concert: "the day of the concert, at the venue",
} as const

/** More rows are no curve. */
const MOST = 1_000
const DAYS = { day: 1, week: 7, month: 28 } as const

interface Asked {
  by: keyof typeof DAYS
  from?: string | undefined
  to?: string | undefined
  /** Whether a window may be left open: what is asked about has an end of its own. */
  open: boolean
}

export function tooLong(): never {
  const message = `That are more than ${MOST} periods. Ask for a shorter window with from= and to=, or count by=week or by=month.`
  throw new AppError("input", "input.window", message, { details: [{ path: "from", message }] })
}

/** The days meant: those given, else all where it may be open, else the last 90. Throws `input.window` for none and for more than 1,000 periods. */
export function spanOf({ by, from, to, open }: Asked): { from?: string; to?: string } {
  const span = open && (from === undefined || to === undefined) ? { from, to } : windowOf({ from, to })
  if (span.from === undefined || span.to === undefined)
    return Object.fromEntries(Object.entries(span).filter(([, day]) => day !== undefined))
  const days = (Date.parse(span.to) - Date.parse(span.from)) / 86_400_000
  if (days / DAYS[by] > MOST) tooLong()
  return span as { from: string; to: string }
}
