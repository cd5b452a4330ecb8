const NAMES = {
  month: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
  weekday: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
}

const FIELDS = [
  { name: "minutes", from: 0, to: 59 },
  { name: "hours", from: 0, to: 23 },
  { name: "day of month", from: 1, to: 31 },
  { name: "month", from: 1, to: 12, names: NAMES.month },
  { name: "day of week", from: 1, to: 7, names: NAMES.weekday },
  { name: "year", from: 1970, to: 2199 },
] as const

type Field = (typeof FIELDS)[number]

const refuse = (expression: string, why: string): never => {
  throw new Error(`NOT_SIMULATED: schedule cron(${expression}): ${why}`)
}

function numberOf(text: string, field: Field, expression: string): number {
  const named = "names" in field ? (field.names as readonly string[]).indexOf(text.toUpperCase()) : -1
  const value = named >= 0 ? named + 1 : Number(text)
  if (!Number.isInteger(value) || value < field.from || value > field.to) refuse(expression, `${text} is no ${field.name}`)
  return value
}

/** Values of one field: `*`, `?`, `5`, `MON-FRI`, `0/15`, and lists of them. L, W and # are refused. */
function valuesOf(text: string, field: Field, expression: string): Set<number> {
  const values = new Set<number>()
  for (const part of text.split(",")) {
    const [range = "", step] = part.split("/")
    const [first = "", last] = range.split("-")
    const isAny = range === "*" || range === "?"
    const from = isAny ? field.from : numberOf(first, field, expression)
    const to = isAny || (step !== undefined && last === undefined) ? field.to : numberOf(last ?? first, field, expression)
    const by = step === undefined ? 1 : Number(step)
    if (!Number.isInteger(by) || by < 1) refuse(expression, `${part} has no usable step`)
    for (let value = from; value <= to; value += by) values.add(value)
  }
  return values
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** A day that a schedule names comes back within 8 years (29 February around 2100). */
const SEARCH_DAYS = 8 * 366

/** The next minute after `after` (epoch milliseconds) that `cron(…)` names, in UTC; undefined when there is none. */
export function nextCron(expression: string, after: number): number | undefined {
  const texts = expression.trim().split(/\s+/)
  if (texts.length !== FIELDS.length) refuse(expression, "it needs six fields: minutes hours day-of-month month day-of-week year")
  const [minutes, hours, days, months, weekdays, years] = FIELDS.map((field, index) => valuesOf(texts[index]!, field, expression))
  const start = Math.floor(after / MINUTE_MS) * MINUTE_MS + MINUTE_MS
  const firstDay = Math.floor(start / DAY_MS) * DAY_MS
  for (let day = firstDay; day < firstDay + SEARCH_DAYS * DAY_MS; day += DAY_MS) {
    const date = new Date(day)
    const isDay =
      years!.has(date.getUTCFullYear()) &&
      months!.has(date.getUTCMonth() + 1) &&
      days!.has(date.getUTCDate()) &&
      weekdays!.has(date.getUTCDay() + 1)
    if (!isDay) continue
    for (let minute = Math.max(0, (start - day) / MINUTE_MS); minute < 1_440; minute++)
      if (hours!.has(Math.floor(minute / 60)) && minutes!.has(minute % 60)) return day + minute * MINUTE_MS
  }
  return undefined
}
