import { cell } from "../answer.ts"
import { spokenName } from "../resolve.ts"
import { plural } from "../text.ts"
import { filtersOf, notes, num, type Plan, scope } from "../scene.ts"

/** What was played, where and under whom: the concerts of a day or period with their works. */
export const programme: Plan = ({ names, period, ask }) => {
  const filters = filtersOf(names, period)
  const { from: _from, to: _to, ...others } = filters
  const when = period?.on ? { ...others, on: period.on } : filters
  const [concerts, works, conductors, soloists] = ask([
    { tool: "find_concerts", input: { ...when, order: "first", limit: 20 } },
    { tool: "top_performed", input: { of: "work", ...filters, limit: 50 } },
    { tool: "top_performed", input: { of: "conductor", ...filters, limit: 5 } },
    { tool: "top_performed", input: { of: "soloist", ...filters, limit: 8 } },
  ])
  const where = scope(names, period)
  const found = concerts!.rows
  if (found.length === 0) return { sentence: `No concerts${where} are stored.`, notes: notes("concerts", names, period) }
  const places = [...new Set(found.map(({ venue, city }) => [venue, city].filter(Boolean).map(cell).join(", ")))]
  const artists = [...new Set(found.map(({ artist }) => cell(artist)).filter(Boolean))]
  const people = (rows: Record<string, unknown>[]) => rows.map(({ name }) => cell(spokenName(String(name)))).join("; ")
  const number = plural(found.length, "concert")
  const said = found.length >= 20 ? `the first ${number}` : number
  return {
    sentence: `**${plural(works!.rows.length, "work")}** ${works!.rows.length === 1 ? "was" : "were"} played${where}, in ${said}${artists.length > 0 ? ` by ${artists.slice(0, 3).join(", ")}` : ""} at ${places.slice(0, 3).join("; ")}.`,
    table: {
      head: ["Composer", "Work", "Performances"],
      rows: works!.rows.map((row) => [spokenName(String(row.detail ?? "")), String(row.name), num(row.performances)]),
    },
    notes: [
      conductors!.rows.length > 0 ? `Conducted by ${people(conductors!.rows)}.` : "",
      soloists!.rows.length > 0 ? `Soloists: ${people(soloists!.rows)}.` : "",
      ...notes("performances", names, period),
    ].filter(Boolean),
  }
}
