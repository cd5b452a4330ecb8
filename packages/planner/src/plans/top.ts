import { cell } from "../answer.ts"
import type { Role } from "../frame.ts"
import { spokenName } from "../resolve.ts"
import { plural } from "../text.ts"
import { filtersOf, notes, num, type Plan, scope } from "../scene.ts"
import { ticketRanking } from "./tickets.ts"

const MANY: Record<Role, string> = {
  composer: "composers",
  work: "works",
  conductor: "conductors",
  soloist: "soloists",
  venue: "venues",
  city: "cities",
  artist: "artists",
  season: "seasons",
}
const DETAIL: Partial<Record<Role, string>> = { work: "Composer", venue: "City" }
const SHOWN = 10

const named = (of: Role, name: unknown): string =>
  of === "conductor" || of === "soloist" || of === "composer" ? spokenName(String(name)) : String(name)

/** Who or what comes first. */
export const top: Plan = (scene) => {
  const { reading, names, period, ask } = scene
  if (["tickets", "revenue", "sell-through", "score"].includes(reading.measure)) return ticketRanking(scene)
  const of = reading.of ?? "venue"
  const limit = reading.least || reading.distinct ? 100 : Math.max(reading.limit ?? SHOWN, 1)
  const filters = filtersOf(
    names.filter(({ role }) => role !== of || of === "work"),
    period,
  )
  const [result] = ask([{ tool: "top_performed", input: { of, ...filters, limit } }])
  const where = scope(names, period)
  const rows = result!.rows
  const measure = of === "composer" || of === "work" || reading.measure === "performances" ? "performances" : "concerts"
  if (rows.length === 0)
    return { sentence: `No ${MANY[of]} are stored for concerts${where || " at all"}.`, notes: notes(measure, names, period) }
  if (reading.distinct) {
    const more = result!.rowCount >= 100
    return {
      sentence: `There were **${more ? "at least " : ""}${plural(result!.rowCount, of, MANY[of])}**${where}.`,
      table: { head: [of, "Concerts"], rows: rows.slice(0, SHOWN).map((row) => [named(of, row.name), num(row.concerts)]) },
      notes: [...notes("concerts", names, period), more ? "I can see no more than 100 of them." : ""].filter(Boolean),
    }
  }
  if (reading.least && result!.truncated)
    return {
      sentence: `There are too many ${MANY[of]}${where} to see the ones with the fewest. Narrow it down by a period or a place.`,
    }
  const shown = reading.least ? rows.toReversed().slice(0, reading.limit ?? SHOWN) : rows
  const [first] = shown
  const head = [of[0]!.toUpperCase() + of.slice(1), ...(DETAIL[of] ? [DETAIL[of]] : []), "Concerts", "Performances"]
  const name = cell(named(of, first!.name))
  const detail = of === "work" && first!.detail ? ` by ${cell(spokenName(String(first!.detail)))}` : ""
  const extreme = reading.least ? "fewest" : "most"
  const value =
    measure === "performances" ? plural(num(first!.performances), "performance") : plural(num(first!.concerts), "concert")
  const ties = shown.filter((row) => num(row[measure]) === num(first![measure])).length
  return {
    sentence: `**${of === "work" ? `“${name}”${detail}` : name}** had the ${extreme} ${measure}${where}: **${value}**${ties > 1 ? ` (as many as ${plural(ties - 1, "other")})` : ""}.`,
    table:
      shown.length > 1
        ? {
            head,
            rows: shown.map((row) => [
              named(of, row.name),
              ...(DETAIL[of] ? [of === "work" ? spokenName(String(row.detail ?? "")) : String(row.detail ?? "")] : []),
              num(row.concerts),
              num(row.performances),
            ]),
          }
        : undefined,
    notes: notes(measure, names, period),
  }
}
