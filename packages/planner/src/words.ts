import type { Measure, Role, Step } from "./frame.ts"

/** How people call what can be ranked; the first that occurs counts. */
const SUBJECTS: [RegExp, Role][] = [
  [/\b(?:concert )?(?:halls?|venues?|places|theat(?:er|re)s?|auditoriums?|stages?)\b/i, "venue"],
  [/\b(?:cit(?:y|ies)|towns?)\b/i, "city"],
  [/\bcomposers?\b/i, "composer"],
  [/\b(?:works?|pieces?|compositions?|symphon(?:y|ies)|concertos?|overtures?|titles?|sonatas?|quartets?)\b/i, "work"],
  [/\b(?:conductors?|maestros?)\b/i, "conductor"],
  [
    /\b(?:soloists?|pianists?|violinists?|cellists?|singers?|sopranos?|tenors?|baritones?|flutists?|clarinetists?|organists?|harpists?)\b/i,
    "soloist",
  ],
  [/\bseasons?\b/i, "season"],
  [/\b(?:artists?|orchestras?|ensembles?|bands?|acts?|performers?)\b/i, "artist"],
]

export const subjectOf = (text: string): Role | undefined => {
  const hits = SUBJECTS.flatMap(([pattern, role]) => {
    const at = text.search(pattern)
    return at < 0 ? [] : [{ at, role }]
  })
  return hits.sort((a, b) => a.at - b.at)[0]?.role
}

/** A kind of work in a question about works: part of their titles. */
const FORMS = /\b(symphon(?:y|ies)|concertos?|overtures?|sonatas?|quartets?)\b/i
export const formOf = (text: string): string | undefined => {
  const form = FORMS.exec(text)?.[1]?.toUpperCase()
  return form?.startsWith("SYMPHON") ? "SYMPHONY" : form?.replace(/S$/, "")
}

export function measureOf(text: string): Measure | undefined {
  if (
    /\b(?:sell[- ]?through|sold[- ]?out|sell[- ]?out|how full|occupancy|best[- ]sold|fill(?:ed)? rate|capacity used|utili[sz]ation)\b/i.test(
      text,
    )
  )
    return "sell-through"
  if (/\b(?:revenues?|takings|box[- ]office|gross(?:ed|ing)?|earn(?:ed|ings?)?|income|money|turnover)\b/i.test(text))
    return "revenue"
  if (/\b(?:tickets?|seats? sold|sales|attendance|best[- ]selling|sold)\b/i.test(text)) return "tickets"
  if (/\b(?:popular(?:ity)?|trending|hottest)\b/i.test(text) && /\b(?:venues?|halls?|places|theat(?:er|re)s?)\b/i.test(text))
    return "score"
  if (/\bconcerts?\b|\bevents?\b|\bgigs?\b|\bshows?\b/i.test(text)) return "concerts"
  if (/\bperform(?:ed|ance|ances|s)?\b|\bplayed\b|\bplayings?\b|\bheard\b|\bprogrammed\b/i.test(text)) return "performances"
  return undefined
}

/** What `how many` can be answered for. Anything else is not counted here, and a count of something near it would be wrong. */
const COUNTABLE =
  /\bhow (?:many|much)\b(?:\s+\S+){0,3}?\s+(?:concerts?|performances?|times|tickets?|seats|shows?|events?|gigs?|revenue|money|sales|takings|works?|pieces?|symphonies|concertos|composers?|conductors?|soloists?|venues?|halls?|cities|artists?|orchestras?|seasons?)\b/i
export const isCountable = (text: string): boolean => !/\bhow (?:many|much)\b/i.test(text) || COUNTABLE.test(text)

/** Questions that leave something out: no tool can. */
export const EXCLUDING =
  /\b(?:outside(?: of)?|except|excluding|other than|apart from|besides|without|not (?:in|at|by|under|counting)|never)\b/i

export function stepOf(text: string): Step | undefined {
  const step =
    /\b(?:per|by|each|every|for each|broken down by|grouped by|split by|over the|across the)\s+(day|month|year|season|decade)s?\b/i.exec(
      text,
    )?.[1] ?? /\b(daily|monthly|yearly|annual(?:ly)?)\b/i.exec(text)?.[1]
  if (!step) return undefined
  return (
    ({ daily: "day", monthly: "month", yearly: "year", annual: "year", annually: "year" } as Record<string, Step>)[
      step.toLowerCase()
    ] ?? (step.toLowerCase() as Step)
  )
}

/** `in which year … most`: a ranking of periods. */
export const periodSubject = (text: string): Step | undefined =>
  /\b(?:which|what|in which|in what|busiest|best|top \S+)\s+(?:single\s+)?(day|month|year|decade)s?\b/i
    .exec(text)?.[1]
    ?.toLowerCase() as Step | undefined

const COUNTS: Record<string, number> = {
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  fifteen: 15,
  twenty: 20,
}

const LIMITS = [
  /\b(?:top|first|last|best|latest)[- ](\d{1,2}|[a-z]+)\b/gi,
  /\b(\d{1,2}|[a-z]+) (?:most|busiest|biggest|largest|best|top|latest|highest|least|halls|venues|cities|composers|works|pieces|conductors|soloists|seasons|artists|concerts with)\b/gi,
]

/** How many are wanted: a number from 1 to 50 beside a word that ranks. */
export function limitOf(text: string): number | undefined {
  const counts = LIMITS.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, word = ""]) => COUNTS[word.toLowerCase()] ?? Number(word)),
  )
  return counts.find((count) => Number.isInteger(count) && count >= 1 && count <= 50)
}

export const RANKING =
  /\b(?:most|top|busiest|best|highest|biggest|largest|greatest|more than any|leading|popular|trending|hottest|favou?rites?|rank(?:ing|ed)?)\b/i
export const LEAST = /\b(?:least|fewest|lowest|worst|rarest|quietest)\b/i
