import { cell } from "../answer.ts"
import { spoken } from "../calendar.ts"
import { plural } from "../text.ts"
import { filtersOf, notes, num, past, type Plan, type Scene, scope, subjectOf } from "../scene.ts"

const ask = ({ ask: tool, names, period, today }: Scene) => {
  const [result] = tool([{ tool: "performance_history", input: filtersOf(names, past(period, today)) }])
  const row = result!.rows[0] ?? {}
  const point = (edge: "first" | "last") => {
    const date = row[`${edge}_date`]
    return typeof date === "string" ? { date, venue: row[`${edge}_venue`] } : undefined
  }
  return { concerts: num(row.concerts), performances: num(row.performances), first: point("first"), last: point("last") }
}

type Point = { date: string; venue: unknown }
const placed = ({ date, venue }: Point, scene: Scene): string =>
  `${spoken(date)}${venue && !scene.names.some(({ role }) => role === "venue") ? ` at ${cell(venue)}` : ""}`

const table = (first: Point | undefined, last: Point | undefined) =>
  first &&
  last && {
    head: ["", "Date", "Venue"],
    rows: [
      ["First", first.date, String(first.venue ?? "")],
      ["Last", last.date, String(last.venue ?? "")],
    ],
  }

const nothing = (scene: Scene) => ({
  sentence: `No concerts${scope(scene.names, scene.period)} are stored.`,
  notes: notes("concerts", scene.names, scene.period),
})

/** How often, and when first and last. */
export const history: Plan = (scene) => {
  const { names, period, today } = scene
  const { concerts, performances, first, last } = ask(scene)
  if (concerts === 0) return nothing(scene)
  const subject = subjectOf(names)
  const sentence = subject
    ? `${subject.text} was performed **${plural(performances, "time")}**${scope(subject.rest, period)}, in ${plural(concerts, "concert")}.`
    : `There ${concerts === 1 ? "was" : "were"} **${plural(concerts, "concert")}**${scope(names, period)}, with ${plural(performances, "performance")} of works.`
  return { sentence, table: table(first, last), notes: notes("performances", names, past(period, today)) }
}

const VERB = { conductor: "conducted", soloist: "appeared", artist: "played", composer: "was performed" } as const

/** When and where first or last. */
export const edge: Plan = (scene) => {
  const { names, period, reading, today } = scene
  const which = reading.edge ?? "first"
  const { concerts, first, last } = ask(scene)
  const point = which === "first" ? first : last
  if (!point) return nothing(scene)
  const subject = subjectOf(names)
  const person = names.find(({ role }) => role === "conductor" || role === "soloist" || role === "artist")
  const verb = person && VERB[person.role as keyof typeof VERB]
  const about = subject
    ? `${subject.text} was ${which} performed${scope(subject.rest, period)}`
    : person
      ? `${cell(person.label)} ${which} ${verb}${scope(
          names.filter((name) => name !== person),
          period,
        )}`
      : `The ${which} concert${scope(names, period)} was`
  return {
    sentence: `${about} on **${placed(point, scene)}**.`,
    table: concerts > 1 ? table(first, last) : undefined,
    notes: [...notes("concerts", names, past(period, today)), `${plural(concerts, "concert")} in all.`],
  }
}
