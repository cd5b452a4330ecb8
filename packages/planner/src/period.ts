import { addDays, addMonths, day, MONTHS, spoken, startOfYear } from "./calendar.ts"

/** A stretch of calendar days, `to` exclusive; or one season by its name. */
export interface Period {
  from?: string
  to?: string
  /** One day exactly. */
  on?: string
  season?: string
  /** As it goes into a sentence: `in the 1950s`. */
  label: string
}

const MONTH = `(?:${MONTHS.map((name) => `${name}|${name.slice(0, 3)}\\.?`).join("|")}|sept\\.?)`
const YEAR = "(?:1[6-9]\\d\\d|20\\d\\d)"
const TENS = ["twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"]
const ORDINAL = "(?:st|nd|rd|th)?"
const DAY = `(?:${YEAR}-\\d\\d-\\d\\d|(?:the )?\\d{1,2}${ORDINAL}(?: of)? ${MONTH},? ${YEAR}|${MONTH} (?:the )?\\d{1,2}${ORDINAL},? ${YEAR})`
const DECADE = `(?:(?:the )?(?:1[6-9]|20)\\d0['’]?s|(?:the )?['’]\\d0s|(?:the )?(?:(?:nineteen|eighteen)[- ])?(?:${TENS.join("|")}))`
const CENTURY = "(?:the )?(?:17|18|19|20|21)(?:st|th) century"
const SEASON = `(?:(?:the )?(?:season )?${YEAR}[-–/](?:\\d\\d|${YEAR})(?!\\d|-)(?: season)?)`
const POINT = `(?:${DAY}|${MONTH},? (?:of )?${YEAR}|${DECADE}|${CENTURY}|(?:the year )?${YEAR})`

interface Span {
  from: string
  to: string
  label: string
  on?: string
}

const monthNumber = (name: string): number =>
  MONTHS.findIndex((month) => month.startsWith(name.toLowerCase().replace(".", "").slice(0, 3))) + 1

function dayPoint(text: string): string | undefined {
  const iso = /(\d{4})-(\d\d)-(\d\d)/.exec(text)
  if (iso) return day(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const match = new RegExp(
    `(\\d{1,2})${ORDINAL}(?: of)? (${MONTH}),? (${YEAR})|(${MONTH}) (?:the )?(\\d{1,2})${ORDINAL},? (${YEAR})`,
    "i",
  ).exec(text)
  if (!match) return undefined
  const [, date, month, year, month2, date2, year2] = match
  return day(Number(year ?? year2), monthNumber(month ?? month2 ?? ""), Number(date ?? date2))
}

function decadePoint(text: string): number | undefined {
  const digits = /((?:1[6-9]|20)\d0)['’]?s/i.exec(text)?.[1]
  if (digits) return Number(digits)
  const short = /['’](\d)0s/.exec(text)?.[1]
  if (short) return 1900 + Number(short) * 10
  const tens = TENS.findIndex((name) => new RegExp(`\\b${name}\\b`, "i").test(text))
  return tens < 0 ? undefined : (/eighteen/i.test(text) ? 1800 : 1900) + (tens + 2) * 10
}

/** What one point in time covers. */
function spanOf(text: string): Span | undefined {
  const on = dayPoint(text)
  if (on) return { from: on, to: addDays(on, 1), on, label: `on ${spoken(on)}` }
  const decade = decadePoint(text)
  if (decade !== undefined) return { from: startOfYear(decade), to: startOfYear(decade + 10), label: `in the ${decade}s` }
  const century = /(\d\d)(?:st|th) century/i.exec(text)?.[1]
  if (century)
    return {
      from: startOfYear((Number(century) - 1) * 100 + 1),
      to: startOfYear(Number(century) * 100 + 1),
      label: `in the ${century}th century`.replace("21th", "21st"),
    }
  const month = new RegExp(`(${MONTH}),? (?:of )?(${YEAR})`, "i").exec(text)
  if (month) {
    const from = day(Number(month[2]), monthNumber(month[1]!), 1)!
    const name = MONTHS[monthNumber(month[1]!) - 1]!
    return { from, to: addMonths(from, 1), label: `in ${name[0]!.toUpperCase()}${name.slice(1)} ${month[2]}` }
  }
  const year = new RegExp(YEAR).exec(text)?.[0]
  return year ? { from: startOfYear(Number(year)), to: startOfYear(Number(year) + 1), label: `in ${year}` } : undefined
}

const bare = (label: string): string => label.replace(/^(in|on) /, "")

type Rule = [pattern: RegExp, read: (match: RegExpExecArray, today: string) => Period | undefined]

const rule = (pattern: string, read: Rule[1]): Rule => [new RegExp(`(?<![\\w-])${pattern}(?![\\w-])`, "i"), read]

function seasonPeriod(text: string): Period | undefined {
  const match = new RegExp(`(${YEAR})[-–/](\\d{2,4})`).exec(text)
  if (!match) return undefined
  const first = Number(match[1])
  const second = match[2]!.length === 2 ? Math.floor(first / 100) * 100 + Number(match[2]) : Number(match[2])
  const next = second < first ? second + 100 : second
  if (next === first + 1) {
    const season = `${first}-${String(next % 100).padStart(2, "0")}`
    return { season, label: `in the ${season} season` }
  }
  return next > first ? { from: startOfYear(first), to: startOfYear(next + 1), label: `from ${first} to ${next}` } : undefined
}

const UNITS: Readonly<Record<string, (today: string, n: number) => string>> = {
  day: (today, n) => addDays(today, -n),
  week: (today, n) => addDays(today, -7 * n),
  month: (today, n) => addMonths(today, -n),
  year: (today, n) => addMonths(today, -12 * n),
}

/** Seasons begin in September; before, the one of the year before is still going on. */
const seasonStart = (today: string): number => Number(today.slice(0, 4)) - (today.slice(5) < "09-01" ? 1 : 0)

function relative(which: string, unit: string, today: string): Period {
  const step = which === "last" || which === "past" || which === "previous" ? -1 : which === "next" ? 1 : 0
  const label = `${which} ${unit}`
  if (unit === "season") {
    const year = seasonStart(today) + step
    return { from: `${year}-09-01`, to: `${year + 1}-09-01`, label: `${label} (1 September ${year} to 31 August ${year + 1})` }
  }
  const year = Number(today.slice(0, 4)) + step
  if (unit === "year") return { from: startOfYear(year), to: startOfYear(year + 1), label: `${label} (${year})` }
  if (unit === "month") {
    const from = addMonths(`${today.slice(0, 7)}-01`, step)
    return { from, to: addMonths(from, 1), label: `${label} (${from.slice(0, 7)})` }
  }
  const monday = addDays(today, -((new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7) + 7 * step)
  return { from: monday, to: addDays(monday, 7), label: `${label} (from ${monday})` }
}

const NUMBERS: Readonly<Record<string, number>> = { two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, ten: 10, twelve: 12 }
const COUNT = `(\\d+|${Object.keys(NUMBERS).join("|")})`
const countOf = (text: string): number => NUMBERS[text.toLowerCase()] ?? Number(text)

const RULES: Rule[] = [
  rule("(?:in |during |throughout )?(?:the )?(?:world war (?:ii|two|2)|second world war|ww ?2|wwii)", () => ({
    from: "1939-09-01",
    to: "1945-09-03",
    label: "during World War II",
  })),
  rule("(?:in |during |throughout )?(?:the )?(?:world war (?:i|one|1)|first world war|ww ?1|wwi)", () => ({
    from: "1914-07-28",
    to: "1918-11-12",
    label: "during World War I",
  })),
  rule(`(?:between|from) (${POINT}) (?:and|to|until|till|through|thru|-|–) (${POINT})`, ([, a = "", b = ""]) => {
    const [first, last] = [spanOf(a), spanOf(b)]
    if (!first || !last || last.to <= first.from) return undefined
    return { from: first.from, to: last.to, label: `from ${bare(first.label)} to ${bare(last.label)}` }
  }),
  rule(`(?:in |during |of |for )?${SEASON}`, ([text]) => seasonPeriod(text)),
  rule(
    `(?:in |during |over |within |for |of )?(?:the )?(?:last|past|previous) ${COUNT} (day|week|month|year)s?`,
    ([, count = "", unit = ""], today) => {
      const n = countOf(count)
      return {
        from: UNITS[unit.toLowerCase()]!(addDays(today, 1), n),
        to: addDays(today, 1),
        label: `in the last ${n} ${unit.toLowerCase()}s`,
      }
    },
  ),
  rule(
    `(?:in |during |over |within |for |of )?(?:the )?(?:next|coming) ${COUNT} (day|week|month|year)s?`,
    ([, count = "", unit = ""], today) => {
      const n = countOf(count)
      return { from: today, to: UNITS[unit.toLowerCase()]!(today, -n), label: `in the next ${n} ${unit.toLowerCase()}s` }
    },
  ),
  rule(
    "(?:in |during |of |for )?(?:the )?(this|current|last|past|previous|next|coming) (season|year|month|week)(?:['’]s)?",
    ([, which = "", unit = ""], today) =>
      relative(which.toLowerCase().replace("current", "this").replace("coming", "next"), unit.toLowerCase(), today),
  ),
  rule("(today|yesterday|tomorrow|tonight)(?:['’]s)?", ([, word = ""], today) => {
    const on = addDays(today, { yesterday: -1, tomorrow: 1 }[word.toLowerCase()] ?? 0)
    return { on, from: on, to: addDays(on, 1), label: `on ${spoken(on)}` }
  }),
  rule(`(?:ever )?(?:since|starting in|from) (${POINT})(?: on(?:wards?)?)?`, ([, a = ""]) => {
    const span = spanOf(a)
    return span && { from: span.from, label: `since ${bare(span.label)}` }
  }),
  rule(`after (${POINT})`, ([, a = ""]) => {
    const span = spanOf(a)
    return span && { from: span.to, label: `after ${bare(span.label)}` }
  }),
  rule(`(?:before|prior to) (${POINT})`, ([, a = ""]) => {
    const span = spanOf(a)
    return span && { to: span.from, label: `before ${bare(span.label)}` }
  }),
  rule(`(?:until|till|up to|through) (${POINT})`, ([, a = ""]) => {
    const span = spanOf(a)
    return span && { to: span.to, label: `until ${bare(span.label)}` }
  }),
  rule(`(?:in |on |during |of |for |throughout |over )?(${POINT})`, ([, a = ""]) => {
    const span = spanOf(a)
    return span && { from: span.from, to: span.to, on: span.on, label: span.label }
  }),
]

/** Stands where something was read and taken out; nothing that is read later reaches across it. */
export const GAP = " ¦ "

/** The first period of a text, and the text without it; undefined where there is none. */
function takeOne(text: string, today: string): { period: Period; rest: string; at: number } | undefined {
  for (const [pattern, read] of RULES) {
    const match = pattern.exec(text)
    const period = match && read(match, today)
    if (match && period)
      return { period, rest: text.slice(0, match.index) + GAP + text.slice(match.index + match[0].length), at: match.index }
  }
  return undefined
}

/** All periods of a text in the order in which they stand there, and the text without them. */
export function takePeriods(text: string, today: string): { periods: Period[]; rest: string } {
  const found: { period: Period; at: number }[] = []
  let rest = text
  for (let n = 0; n < 4; n++) {
    const taken = takeOne(rest, today)
    if (!taken) break
    // Positions after a cut have moved; only their order matters.
    const moved = rest.length - taken.rest.length
    for (const other of found) if (other.at > taken.at) other.at -= moved
    found.push({ period: taken.period, at: taken.at })
    rest = taken.rest
  }
  return { periods: found.sort((a, b) => a.at - b.at).map(({ period }) => period), rest }
}
