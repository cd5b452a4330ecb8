import { type Named, type Role, ROLES } from "./frame.ts"
import { fold } from "./text.ts"
import { bareTitle } from "./titles.ts"

/** A row of find_names. */
export interface NameRow {
  kind: Role
  name: string
  detail?: string | null
  concerts: number
}

/** What a name was taken for. */
export interface Resolved {
  role: Role
  /** As the tools take it. */
  value: string
  /** As a sentence says it. */
  label: string
  /** What the question said, where that was something else. */
  asked?: string
  /** The kinds that were not taken, with their best name; none where the sentence left no doubt. */
  others: { kind: Role; name: string }[]
}

/** Roles whose names are stored with the surname first. */
const PEOPLE: readonly Role[] = ["composer", "conductor", "soloist"]

/** `Beethoven, Ludwig van` → `Ludwig van Beethoven`; brackets hold other spellings. */
export function spokenName(name: string): string {
  const plain = name.replace(/\s*\[[^\]]*\]/g, "").replace(/\s+,/g, ",")
  const [last = "", first = "", ...rest] = plain.split(/,\s*/)
  return rest.length > 0 && !/^(?:jr|sr|i{1,3}|iv)\.?$/i.test(rest[0]!) ? plain : [first, last, ...rest].filter(Boolean).join(" ")
}

/** New York's concerts are stored under its boroughs by some producers and under its own name by others. */
const NEW_YORK = /^new york(?: city)?$|^nyc$/i

/** What find_names is asked for a name: one text, or two where a place goes by two names. */
export function lookups({ text, roles }: Named): string[] {
  if (NEW_YORK.test(text) && (roles.length === 0 || roles.includes("city"))) return ["New York", "Manhattan"]
  return [roles.length === 0 || roles.includes("work") ? bareTitle(text) : text]
}

const words = (text: string): string[] =>
  fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)

/** How well a stored name fits: 5 the same (either way round; a city without its state) · 4 the surname or the title's head · 3 all words · 2 in part. */
function fit(text: string, { kind, name }: NameRow): number {
  const [asked, stored] = [fold(text), fold(name)]
  const bare = fold(name.replace(/\s*\[[^\]]*\]/g, "").replace(/\s+,/g, ","))
  const head = bare.split(",")[0]!
  if (asked === stored || asked === bare) return 5
  if (PEOPLE.includes(kind) && asked === fold(spokenName(name))) return 5
  if (kind === "city" && asked === head) return 5
  if (kind === "city" && NEW_YORK.test(text) && head === "manhattan") return 5
  if (asked === head) return 4
  const have = words(name)
  if (
    PEOPLE.includes(kind) &&
    have.length > 1 &&
    words(text).length > 1 &&
    words(text).every((word) => have.includes(word)) &&
    words(head).every((word) => words(text).includes(word))
  )
    return 4.5
  if (words(text).every((word) => have.includes(word))) return 3
  return 2
}

const rank = (text: string, rows: NameRow[]): (NameRow & { score: number })[] =>
  rows
    .map((row) => ({ ...row, score: fit(text, row) }))
    .sort(
      (a, b) =>
        b.score - a.score ||
        b.concerts - a.concerts ||
        ROLES.indexOf(a.kind) - ROLES.indexOf(b.kind) ||
        (a.name < b.name ? -1 : 1),
    )

function resolvedAs(named: Named, text: string, best: NameRow, all: NameRow[]): Resolved {
  const role = best.kind
  // A part of several titles ("Nutcracker") stays that part, so that all of them count. A nickname in brackets names just one work, and
  // a short word would be part of words that have nothing to do with it.
  const [title, part] = [best.name.toLowerCase(), text.toLowerCase()]
  const isNickname = [...title.matchAll(/\(([^)]*)\)|"([^"]*)"/g)].some(([inside]) => inside.includes(part))
  const value = role === "work" && part.length >= 6 && title !== part && title.includes(part) && !isNickname ? text : best.name
  const label = PEOPLE.includes(role) ? spokenName(best.name) : value
  const clear = named.roles.length > 0 && named.roles[0] === role
  const others = clear
    ? []
    : [
        ...new Map(
          rank(text, all)
            .toReversed()
            .map((row) => [row.kind, row]),
        ).values(),
      ]
        .filter(({ kind, score }) => kind !== role && score >= 4)
        .map(({ kind, name }) => ({ kind, name }))
  return {
    role,
    value,
    label,
    asked: fold(named.text) === fold(label) || fold(named.text) === fold(value) ? undefined : named.text,
    others,
  }
}

/** The stored name that is meant: among the roles the sentence allows, else of any kind. Undefined where nothing is stored under it. */
export function resolve(named: Named, rows: NameRow[]): Resolved | undefined {
  if (named.formal) return { role: "work", value: named.text, label: named.text, others: [] }
  const text = lookups(named)[0]!
  const allowed = named.roles.length > 0 ? rows.filter(({ kind }) => named.roles.includes(kind)) : rows
  const owned = named.of
    ? allowed.filter(({ kind, detail }) => kind !== "work" || (detail && words(detail).includes(words(named.of!).at(-1)!)))
    : allowed
  const pool = [owned, allowed, rows].find((some) => some.length > 0)
  const [best] = pool ? rank(text, pool) : []
  // Letters inside of another word are no name: "his" is not Memphis.
  if (best && best.score < 3 && text.length < 5) return undefined
  return best && resolvedAs(named, text, best, rows)
}

/** Sides of a comparison are of one kind: the one that fits all best. Undefined where a side is not stored under any. */
export function resolveAlike(names: Named[], rows: NameRow[][]): Resolved[] | undefined {
  const kinds = ROLES.flatMap((kind) => {
    const best = names.map(
      (named, index) =>
        rank(
          lookups(named)[0]!,
          rows[index]!.filter((row) => row.kind === kind),
        )[0],
    )
    if (best.some((row) => !row) || names.some(({ roles }) => roles.length > 0 && !roles.includes(kind))) return []
    return [
      {
        best: best as (NameRow & { score: number })[],
        worst: Math.min(...best.map((row) => row!.score)),
        concerts: best.reduce((sum, row) => sum + row!.concerts, 0),
      },
    ]
  })
  const [taken] = kinds.sort((a, b) => b.worst - a.worst || b.concerts - a.concerts)
  return taken?.best.map((row, index) => resolvedAs(names[index]!, lookups(names[index]!)[0]!, row, rows[index]!))
}
