import { blank, type Frame, type Named, type Role } from "./frame.ts"
import { clean, isName, namesIn, sidesIn, workNamed } from "./names-in.ts"
import { takePeriods } from "./period.ts"
import { unbind } from "./text.ts"
import { formalTitle, holdTogether } from "./titles.ts"
import { EXCLUDING, formOf, isCountable, LEAST, limitOf, measureOf, periodSubject, RANKING, stepOf, subjectOf } from "./words.ts"

const HELP =
  /^\s*(?:hi|hello|hey|good (?:morning|evening|afternoon)|thanks?(?: you)?|help|what can you (?:do|answer)|who are you|what are you|how do you work|are you (?:a|an) .*)\b.{0,40}$/i
const CONTRAST = /\bor\b|\bversus\b|\bvs\b|\bcompare|\bcomparison\b|\bcompared\b/i
const EDGE_FIRST = /\b(?:first|earliest|oldest|debut|premi[eè]re[ds]?)\b/i
const EDGE_LAST = /\b(?:last|latest|most recent(?:ly)?|final|newest)\b/i
const HOW_MANY = /\bhow (?:many|much)\b|\bnumber of\b|\bcount\b|\btotal\b/i
const HOW_OFTEN = /\bhow (?:often|many times|frequently)\b|\bhow many performances\b/i
const PLAYED =
  /\b(?:what|which (?:works?|pieces?|music)) (?:music |works? |pieces? )?(?:was|were|did|got|had)\b.*\b(?:played|performed|programmed|on|play|perform|program(?:me)?)\b|\bprogram(?:me)? (?:on|of|for|at)\b|\bwhat happened\b|\bwhat was on\b/i

/** What a question ranks, and whose kind of title it is limited to. */
function ranking(text: string, frame: Frame): boolean {
  if (!RANKING.test(text) && !LEAST.test(text)) return false
  const byPeriod = periodSubject(text)
  frame.least = LEAST.test(text) || undefined
  if (byPeriod) {
    frame.intent = "series"
    frame.step = byPeriod
    frame.limit ??= 1
    return true
  }
  const of = whoIsRanked(text, frame.names) ?? subjectOf(text.replace(/\bconcert halls?\b/gi, "halls"))
  if (!of && frame.measure !== "score") {
    // "the most concerts" without a kind: what holds a concert is asked for by its place.
    if (/\bwhere\b/i.test(text)) frame.of = "venue"
    else return false
  } else frame.of = of ?? "venue"
  frame.intent = "top"
  if (frame.of === "work") {
    const form = formOf(text)
    if (form && !frame.names.some(({ roles }) => roles.includes("work")))
      frame.names.push({ text: form, roles: ["work"], formal: true })
  }
  return true
}

/** `who … most`: the verb says what is meant. */
function whoIsRanked(text: string, names: Named[]): Role | undefined {
  if (/\bwhose (?:music|works?|symphon)/i.test(text)) return "composer"
  if (!/\bwho\b|\bwhom\b/i.test(text)) return undefined
  if (/\bconduct(?:ed|s|ing)?\b|\bled\b/i.test(text)) return "conductor"
  if (/\bsoloist|\bsolo\b|\bsang\b|\bappear(?:ed|s)?\b/i.test(text)) return "soloist"
  if (/\b(?:composer|composed|wrote|performed|played)\b/i.test(text) && names.every(({ roles }) => !roles.includes("composer")))
    return "composer"
  return undefined
}

/** `who conducted on …`, `which works did X conduct`: a kind without a superlative is listed, the most frequent first. */
function listed(text: string): Role | undefined {
  if (/\bwho\b.*\bconduct|\bwho led\b|\bwhich conductors?\b|\bwhat conductors?\b/i.test(text)) return "conductor"
  if (
    /\bwho\b.*\b(?:soloists?|solo|sang|played)\b|\bwhich soloists?\b|\bwhat soloists?\b|\bwho (?:was|were) the soloists?\b/i.test(
      text,
    )
  )
    return "soloist"
  if (/\b(?:which|what) (?:works?|pieces?|music|symphonies|concertos)\b/i.test(text) || /\bwhat did\b/i.test(text)) return "work"
  if (/\b(?:which|what) composers?\b/i.test(text)) return "composer"
  if (/\b(?:which|what) (?:cities|towns|city)\b/i.test(text)) return "city"
  if (/\b(?:which|what) (?:halls?|venues?|places)\b|\bwhere\b/i.test(text)) return "venue"
  if (/\b(?:which|what) (?:orchestras?|artists?|ensembles?)\b/i.test(text)) return "artist"
  return undefined
}

function edgeOf(text: string): "first" | "last" | undefined {
  if (EDGE_FIRST.test(text)) return "first"
  return EDGE_LAST.test(text) || (/\bwhen (?:did|was)\b/i.test(text) && /\blast\b/i.test(text)) ? "last" : undefined
}

/** Kinds of one side of a comparison: from how the sentence speaks of both, from the sides themselves, from what else it says. */
function sideRoles(text: string, sides: readonly string[], others: string): Role[] {
  if (/\bconduct|\bled\b|\bunder\b/i.test(others)) return ["conductor"]
  if (/\bsoloists?\b|\bappear/i.test(others)) return ["soloist", "conductor"]
  if (/\bin\b[^¦]*\bor in\b|\bcit(?:y|ies)\b/i.test(text)) return ["city", "venue"]
  if (
    /\bat\b[^¦]*\bor at\b|\bhalls?\b|\bvenues?\b|\bhost/i.test(
      `${others} ${sides.every((side) => /\b(?:hall|theat(?:er|re)|stadium|house|auditorium|penthouse)\b/i.test(side)) ? "venues" : ""}`,
    )
  )
    return ["venue", "city"]
  if (
    /\b(?:symphon|composers?|music|works?)\b/i.test(others) ||
    (/\b(?:performed|played)\b/i.test(others) && !/\bconcerts\b|\bwho\b/i.test(others))
  )
    return ["composer", "work"]
  return []
}

function sideNames(side: string, roles: Role[]): Named[] {
  const text = unbind(side)
  const owned = /^(.+?)['’]s?\s+(.+)$/u.exec(text)
  if (owned && formalTitle(owned[2]!, true)) return [{ text: owned[1]!, roles: ["composer"] }, workNamed(owned[2]!, owned[1])]
  if (owned && isName(owned[2]!)) return [{ text: owned[1]!, roles: ["composer"] }, workNamed(owned[2]!, owned[1])]
  return formalTitle(text) ? [workNamed(text)] : [{ text: clean(text), roles }]
}

/** A comparison has sides in `sides`, one list of names each; of periods it has none. */
export interface Reading extends Frame {
  sides?: Named[][]
}

function comparison(text: string, frame: Reading): boolean {
  if (!CONTRAST.test(text)) return false
  if (frame.periods.length >= 2) {
    frame.intent = "compare"
    const scan = namesIn(text.replace(/\bor\b|\bversus\b|\bvs\.?|\bcompared?\b|\bcompare\b/gi, "¦"))
    frame.names = scan.names
    return true
  }
  const sides = sidesIn(text)
  if (!sides) return false
  // What both sides share ("at Carnegie Hall") stands outside of them.
  let shared = text
  for (const side of sides) shared = shared.replace(unbind(side), "¦").replace(side, "¦")
  shared = shared
    .replace(/¦\s+(?:or|and|versus|vs\.?)\s+(?:(?:at|in|by|under|with)\s+)?¦/gi, "¦")
    .replace(/\b(?:at|in|by|under|with)\s+(?:the\s+)?¦/gi, "¦")
  const { names, rest } = namesIn(shared)
  frame.names = names
  const roles = sideRoles(text, sides, rest)
  frame.sides = sides.map((side) => sideNames(side, roles))
  frame.intent = "compare"
  return true
}

/** Reads one question on its own; `today` is the day that relative dates refer to. */
export function read(question: string, today: string): Reading {
  const whole = holdTogether(
    question
      .normalize("NFC")
      .replace(/[‘’]/g, "'")
      .replace(/[^\S\u00a0]+/g, " ")
      .trim(),
  )
  const frame: Reading = blank()
  if (HELP.test(whole)) return { ...frame, intent: "help" }
  const { periods, rest: text } = takePeriods(whole, today)
  frame.periods = periods
  frame.measure = measureOf(text) ?? "concerts"
  frame.step = stepOf(text)
  const tickets = frame.measure === "tickets" || frame.measure === "revenue" || frame.measure === "sell-through"

  if (EXCLUDING.test(text) || !isCountable(text)) return frame
  if (comparison(text, frame)) return frame
  const { names, rest } = namesIn(text)
  frame.names = names
  frame.limit = limitOf(rest)

  if (frame.step) return { ...frame, intent: "series" }
  if (tickets && /\b(?:which|what|top(?: \w+)?|best|by) (?:single )?(?:concerts?|shows?|events?|gigs?)\b/i.test(text))
    return { ...frame, intent: "list", least: LEAST.test(text) || undefined }
  if (ranking(text, frame)) return frame
  if (frame.measure === "score") return { ...frame, intent: "top", of: "venue" }
  const edge = edgeOf(text)
  const [period] = periods
  if (
    !edge &&
    PLAYED.test(text) &&
    period &&
    names.every(({ roles }) => !roles.includes("composer") || !roles.includes("work") || roles.length > 1)
  )
    return { ...frame, intent: "programme" }
  if (tickets) {
    const of = /\bby (?:venue|city|artist|hall)/i.test(text) ? subjectOf(text) : undefined
    return of ? { ...frame, intent: "top", of } : { ...frame, intent: "count" }
  }
  const several = frame.limit !== undefined && frame.limit > 1
  if ((several || /\b(?:list|show)\b/i.test(text)) && edge && /\bconcerts?\b/i.test(text))
    return { ...frame, intent: "list", edge }
  if (edge && (names.length > 0 || /\bwhen\b|\bwhere\b|\bconcert\b|\bperformance\b/i.test(text)) && !HOW_MANY.test(text))
    return { ...frame, intent: "edge", edge }
  if (HOW_OFTEN.test(text)) return { ...frame, intent: "history", measure: "performances" }
  if (HOW_MANY.test(text)) {
    const counted =
      /\bhow many (?:different |distinct |unique )?(composers?|works?|pieces?|conductors?|soloists?|venues?|halls?|cities|artists?|orchestras?|seasons?)\b/i.exec(
        text,
      )?.[1]
    if (counted && frame.measure !== "performances")
      return { ...frame, intent: "top", of: subjectOf(counted), distinct: true, limit: 100 }
    return { ...frame, intent: "count", measure: frame.measure }
  }
  const of = listed(text)
  if (of && (names.length > 0 || period)) return { ...frame, intent: "top", of }
  if (/\b(?:which|what|list|show|find|search)\b.*\b(?:concerts?|shows?|events?|gigs?)\b/i.test(text))
    return { ...frame, intent: "list", edge: edge ?? "first" }
  if (/\bwhen\b/i.test(text) && names.length > 0) return { ...frame, intent: "history", measure: "performances" }
  if (/\b(?:ever|did|was|were|has|have)\b/i.test(text) && names.length > 0) return { ...frame, intent: "history" }
  if (/\bconcerts?\b/i.test(text) && (names.length > 0 || period)) return { ...frame, intent: "count" }
  if (/\bperformances?\b/i.test(text) && names.length > 0) return { ...frame, intent: "history", measure: "performances" }
  return frame
}
