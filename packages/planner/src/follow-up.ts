import type { Named, Role } from "./frame.ts"
import { clean, isName, namesIn, workNamed } from "./names-in.ts"
import { takePeriods } from "./period.ts"
import { read, type Reading } from "./read.ts"
import { formalTitle, holdTogether } from "./titles.ts"
import { LEAST, limitOf, measureOf, RANKING, stepOf, subjectOf } from "./words.ts"

const OPENING =
  /^\s*(?:(?:ok(?:ay)?|right|great|thanks|thank you)[,.!]?\s+)?(?:and|but|or|then|now|what about|how about|what if|same (?:for|question)|only|just|also|instead)\b[\s,:]*(?:what about|how about|the same|for|only|just|then|if)?\b/i
const VERBS = /\b(?:how|when|which|who|whose|where|compare|list|show|what was|what were|what did)\b/i

/** A question that only makes sense after another one: it opens as an addition, names things and asks nothing, or says just a kind ("which cities?"). */
const isFollowUp = (text: string, alone: Reading): boolean => {
  const words = text.trim().split(/\s+/).length
  return OPENING.test(text) || (!VERBS.test(text) && words <= 8) || (alone.intent === "unknown" && words <= 4)
}

/** Names of a short addition ("what about Boston?"), with the roles of what they stand in for. */
function additions(rest: string, before: Reading): Named[] {
  const { names, rest: left } = namesIn(rest)
  const bare = names.every(({ roles }) => roles.length === 0)
  if (names.length > 0 && !bare) return names
  const text =
    bare && names.length > 0 ? names.map(({ text: name }) => name).join(" ") : clean(left.replace(/[?!.¦]/g, " ").trim())
  if (text === "" || !isName(text) || stepOf(text) || /^(?:most|more|top \w+)$/i.test(text)) return []
  const owned = /^(.+?)['’]s?\s+(.+)$/u.exec(text)
  if (owned) return [{ text: owned[1]!, roles: ["composer"] }, workNamed(owned[2]!, owned[1])]
  const composer = before.names.find(({ roles }) => roles.includes("composer"))?.text
  if (formalTitle(text, composer !== undefined)) return [workNamed(text, composer)]
  const known = [...before.names, ...(before.sides?.flat() ?? [])].flatMap(({ roles }) => roles)
  return [{ text, roles: [...new Set(known)] }]
}

const main = ({ roles }: Named): Role | undefined => roles[0]

/** The earlier names without those that the new ones stand in for: same roles, or the work of another composer. */
function replaced(before: Named[], now: Named[]): Named[] {
  // "by Bernstein" may add a conductor or name another composer: which, is known when the name is looked up.
  const taken = new Set(now.flatMap(({ roles }) => (roles.includes("composer") && roles.includes("conductor") ? [] : roles)))
  const keep = before.filter((name) => name.roles.length > 0 && !taken.has(main(name)!) && !(name.of && taken.has("composer")))
  // `and the Ninth?` after "Beethoven's Fifth" is Beethoven's.
  const composer = before.find((name) => name.roles.includes("composer"))
  const works = now.map((name) => (name.roles[0] === "work" && !name.of && composer ? { ...name, of: composer.text } : name))
  return [...keep, ...works]
}

/** Reads the last of several questions; each may add to what was understood before it. */
export function readAll(questions: readonly string[], today: string): Reading {
  let before: Reading | undefined
  let reading: Reading | undefined
  for (const question of questions) {
    reading = readAfter(question, before, today)
    if (reading.intent !== "unknown" && reading.intent !== "help") before = reading
  }
  return reading ?? { intent: "unknown", measure: "concerts", periods: [], names: [] }
}

/** Reads a question after earlier ones: an addition takes over everything of them that it does not say itself. */
function readAfter(question: string, before: Reading | undefined, today: string): Reading {
  const alone = read(question, today)
  if (!before || before.intent === "unknown" || before.intent === "help" || !isFollowUp(question, alone)) return alone
  if (alone.intent === "compare" || alone.intent === "help") return alone
  const text = question.replace(OPENING, " ").trim()
  const { periods, rest } = takePeriods(holdTogether(text.replace(/[‘’]/g, "'")), today)
  const ordinal = /^(?:and )?(?:the )?(first|last|latest|earliest)(?: (?:one|time|concert|performance))?\??$/i.exec(text)?.[1]
  if (ordinal) return { ...before, sides: undefined, intent: "edge", edge: /first|earliest/i.test(ordinal) ? "first" : "last" }
  const names = additions(rest, before)
  const merged: Reading = {
    ...before,
    periods: periods.length > 0 ? periods : before.periods,
    limit: limitOf(rest) ?? before.limit,
  }
  const measure = measureOf(rest)
  if (measure) merged.measure = measure
  const step = stepOf(rest)
  if (step) return { ...merged, intent: "series", step }
  const asksForKind =
    VERBS.test(rest) ||
    RANKING.test(rest) ||
    LEAST.test(rest) ||
    /^(?:the )?(?:halls|venues|cities|composers|works|pieces|conductors|soloists|seasons|artists)\b/i.test(rest.trim())
  const of = asksForKind ? (subjectOf(rest) ?? alone.of) : undefined
  if (of) {
    const isSame = names.every(({ roles }) => roles.length > 0)
    return {
      ...merged,
      sides: undefined,
      intent: "top",
      of,
      names: replaced(before.names, isSame ? names.filter(({ text: name }) => !subjectOf(name)) : []),
    }
  }
  if (names.length === 0) return periods.length > 0 || measure || merged.limit !== before.limit ? merged : alone
  if (before.sides)
    return {
      ...merged,
      sides: undefined,
      intent: "history",
      names: replaced(
        [],
        names.map((name) => ({ ...name, roles: name.roles.length > 0 ? name.roles : (before.sides![0]![0]?.roles ?? []) })),
      ),
    }
  return { ...merged, names: replaced(before.names, names) }
}
