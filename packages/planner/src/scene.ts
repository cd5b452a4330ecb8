import { type Answer, cell } from "./answer.ts"
import type { Ask } from "./ask.ts"
import { addDays } from "./calendar.ts"
import type { Measure } from "./frame.ts"
import type { Period } from "./period.ts"
import type { Reading } from "./read.ts"
import type { Resolved } from "./resolve.ts"

/** A question with its names understood, and the tools to answer it with. */
export interface Scene {
  reading: Reading
  names: Resolved[]
  /** One list of names for each side of a comparison. */
  sides: Resolved[][]
  period: Period | undefined
  today: string
  ask: Ask
}

/** Asks what it needs and writes the answer. */
export type Plan = (scene: Scene) => Answer

export type Filters = Partial<
  Record<"composer" | "work" | "conductor" | "soloist" | "venue" | "city" | "artist" | "season" | "from" | "to", string>
>

export const filtersOf = (names: readonly Resolved[], period: Period | undefined): Filters => ({
  ...Object.fromEntries(names.map(({ role, value }) => [role, value])),
  ...(period?.season ? { season: period.season } : { from: period?.from, to: period?.to }),
})

const PHRASE: Record<Resolved["role"], (label: string) => string> = {
  composer: (label) => `with music by ${label}`,
  work: (label) => `with “${label}”`,
  conductor: (label) => `conducted by ${label}`,
  soloist: (label) => `with soloist ${label}`,
  venue: (label) => `at ${label}`,
  city: (label) => `in ${label}`,
  artist: (label) => `by ${label}`,
  season: (label) => `in the ${label} season`,
}
const ORDER: Resolved["role"][] = ["composer", "work", "conductor", "soloist", "artist", "venue", "city", "season"]

/** `with music by Gustav Mahler at Carnegie Hall in the 1950s`, with a leading blank; empty where nothing limits the question. */
export function scope(names: readonly Resolved[], period: Period | undefined): string {
  const [work, composer] = [names.find(({ role }) => role === "work"), names.find(({ role }) => role === "composer")]
  const apart = work && composer ? names.filter((name) => name !== composer) : names
  const labelOf = (name: Resolved) =>
    name === work && composer
      ? `${PHRASE.work(cell(name.label))} by ${cell(composer.label)}`
      : PHRASE[name.role](cell(name.label))
  const parts = ORDER.flatMap((role) => apart.filter((name) => name.role === role).map(labelOf))
  return [...parts, ...(period?.label ? [period.label] : [])].map((part) => ` ${part}`).join("")
}

/** What a sentence is about: a work with its composer, a person, a place. */
export function subjectOf(names: readonly Resolved[]): { text: string; rest: Resolved[] } | undefined {
  const of = (role: Resolved["role"]) => names.find((name) => name.role === role)
  const [work, composer] = [of("work"), of("composer")]
  const without = (...taken: (Resolved | undefined)[]) => names.filter((name) => !taken.includes(name))
  if (work && composer) return { text: `“${cell(work.label)}” by ${cell(composer.label)}`, rest: without(work, composer) }
  if (work) return { text: `“${cell(work.label)}”`, rest: without(work) }
  if (composer) return { text: `Music by ${cell(composer.label)}`, rest: without(composer) }
  return undefined
}

const DEFINITION: Record<Measure, string> = {
  concerts: "distinct concerts that were not cancelled",
  performances: "performances are distinct pairs of concert and work, cancelled concerts left out",
  tickets: "tickets sold minus refunded, cancelled concerts left out",
  revenue: "ticket sales minus refunds, each currency apart, cancelled concerts left out",
  "sell-through": "tickets sold minus refunded, divided by capacity, cancelled concerts left out",
  score: "a score of 0 to 100 from concerts, tickets and sell-through",
}

const quoted = (value: string): string => `“${cell(value)}”`

/** One line on what was counted and how names were taken. */
export function notes(
  measure: Measure,
  names: readonly Resolved[],
  period: Period | undefined,
  sides: readonly Resolved[] = [],
): string[] {
  const conditions = [...new Set(names.map(({ role, value }) => `${role} contains ${quoted(value)}`))]
  if (period?.season) conditions.push(`season ${period.season}`)
  if (period?.from) conditions.push(`from ${period.from}`)
  if (period?.to) conditions.push(`before ${period.to}`)
  const taken = [...names, ...sides].flatMap(({ asked, role, label, value, others }) => {
    if (asked === undefined && others.length === 0) return []
    const also = others.slice(0, 2).map((other) => `the ${other.kind} ${quoted(other.name)}`)
    return [
      `I took ${quoted(asked ?? label)} as the ${role} ${quoted(value)}${also.length > 0 ? `, not ${also.join(" or ")}` : ""}.`,
    ]
  })
  return [`Counted: ${DEFINITION[measure]}${conditions.length > 0 ? `; ${conditions.join(", ")}` : ""}.`, ...new Set(taken)]
}

/** Nothing that lies ahead has been played: what was done first, last or how often is asked up to and with today. */
export const past = (period: Period | undefined, today: string): Period | undefined => {
  if (period?.season || (period?.to && period.to <= today)) return period
  return { ...period, to: addDays(today, 1), label: period?.label ?? "" }
}

export const num = (value: unknown): number => (typeof value === "number" ? value : Number(value ?? 0))
