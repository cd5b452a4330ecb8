import { type Answer, cell } from "./answer.ts"
import { type Ask, Refused } from "./ask.ts"
import type { Intent, Named } from "./frame.ts"
import type { Conversation } from "./conversation.ts"
import { readAll } from "./follow-up.ts"
import { compare } from "./plans/compare.ts"
import { count } from "./plans/count.ts"
import { greeting, notFound, unknown } from "./plans/help.ts"
import { edge, history } from "./plans/history.ts"
import { list } from "./plans/list.ts"
import { programme } from "./plans/programme.ts"
import { series } from "./plans/series.ts"
import { top } from "./plans/top.ts"
import type { Reading } from "./read.ts"
import { lookups, type NameRow, resolve, type Resolved, resolveAlike } from "./resolve.ts"
import type { Plan } from "./scene.ts"

const PLANS: Record<Exclude<Intent, "help" | "unknown">, Plan> = { count, series, top, edge, history, programme, list, compare }

const lookup = (text: string) => ({ tool: "find_names", input: { text } })

/** Looks up every name of a question that is not a formal title, all in one turn. */
function rowsOf(names: readonly Named[], ask: Ask): NameRow[][] {
  const texts = names.map((named) => (named.formal ? [] : lookups(named)))
  const results = ask(texts.flat().map(lookup))
  let next = 0
  return texts.map((some) => some.flatMap(() => results[next++]!.rows as unknown as NameRow[]))
}

/** Of two names in one role the later one counts, and a work goes with the composer it was said of. */
function latest(names: Resolved[]): Resolved[] {
  const last = new Map(names.map((name) => [name.role, name]))
  return names.filter((name) => last.get(name.role) === name)
}

interface Understood {
  names: Resolved[]
  sides: Resolved[][]
  missing: string[]
}

function understand(reading: Reading, ask: Ask): Understood {
  const { names, sides = [] } = reading
  const all = [...names, ...sides.flat()]
  const rows = rowsOf(all, ask)
  const resolved = all.map((named, index) => resolve(named, rows[index]!))
  // Sides of one name each are of one kind, whichever fits them all best.
  if (sides.length > 0 && sides.every((side) => side.length === 1 && !side[0]!.formal)) {
    const alike = resolveAlike(sides.flat(), rows.slice(names.length))
    alike?.forEach((side, index) => (resolved[names.length + index] = side))
  }
  const missing = all.flatMap(({ text }, index) => (resolved[index] ? [] : [text]))
  const found = resolved.filter((name) => name !== undefined)
  if (missing.length > 0) return { names: found, sides: [], missing }
  let at = names.length
  return {
    names: latest(found.slice(0, names.length)),
    sides: sides.map((side) => found.slice(at, (at += side.length))),
    missing,
  }
}

/** Answers the last question of a conversation, or throws Pending with the tools to call first. */
export function plan({ questions, today }: Conversation, ask: Ask): Answer {
  const reading = readAll(questions, today)
  if (reading.intent === "help") return greeting()
  if (reading.intent === "unknown") return unknown()
  try {
    const { names, sides, missing } = understand(reading, ask)
    if (missing.length > 0) return notFound(missing.map(cell))
    return PLANS[reading.intent]({ reading, names, sides, period: reading.periods[0], today, ask })
  } catch (thrown) {
    if (thrown instanceof Refused) return { sentence: `I could not look this up: ${cell(thrown.message)}` }
    throw thrown
  }
}
