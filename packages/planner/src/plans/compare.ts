import { cell } from "../answer.ts"
import { oneCurrency } from "../ask.ts"
import { money, number, plural } from "../text.ts"
import type { Period } from "../period.ts"
import type { Resolved } from "../resolve.ts"
import { filtersOf, notes, num, past, type Plan, type Scene, scope } from "../scene.ts"

interface Side {
  label: string
  names: Resolved[]
  period: Period | undefined
}

function sidesOf({ sides, names, period, reading }: Scene): Side[] {
  if (sides.length > 0)
    return sides.map((side) => ({
      label: cell(
        side
          .toReversed()
          .map(({ label }) => label)
          .join(" by "),
      ),
      names: [...names, ...side],
      period,
    }))
  return reading.periods.map((one) => ({ label: one.label.replace(/^(?:in|on) (?:the )?/, ""), names, period: one }))
}

/** The same question asked for each side, side by side. */
export const compare: Plan = (scene) => {
  const { reading, names, period, ask, today } = scene
  const sides = sidesOf(scene)
  const plays =
    sides[0]!.names.some(({ role }) => ["composer", "work", "conductor", "soloist"].includes(role)) &&
    (reading.measure === "concerts" || reading.measure === "performances")
  const counted =
    reading.measure === "tickets" || reading.measure === "revenue" || reading.measure === "performances"
      ? reading.measure
      : "concerts"
  const results = ask(
    sides.map((side) =>
      plays
        ? { tool: "performance_history", input: filtersOf(side.names, past(side.period, today)) }
        : { tool: "counts_by_period", input: { period: "total", measure: counted, ...filtersOf(side.names, side.period) } },
    ),
  )
  // How often a conductor or soloist appeared is counted in concerts; how often music was played, in performances.
  const measure = plays && !sides[0]!.names.some(({ role }) => role === "composer" || role === "work") ? "concerts" : counted
  const value = (index: number) => num(results[index]!.rows[0]?.[plays ? measure : "value"])
  const lines = sides
    .map((side, index) => ({ ...side, value: value(index), row: results[index]!.rows[0] ?? {} }))
    .sort((a, b) => b.value - a.value)
  const [best, ...others] = lines
  const currency = oneCurrency(lines.map(({ row }) => row))
  const show = (amount: number) => (measure === "revenue" ? money(amount, currency) : plural(amount, measure.replace(/s$/, "")))
  const shared = scope(names, sides.every((side) => side.period === period) ? period : undefined)
  const sentence =
    best!.value === others[0]!.value
      ? `**${best!.label}** and **${others[0]!.label}** are level${shared}: **${show(best!.value)}** each.`
      : `**${best!.label}**: **${show(best!.value)}**${shared}, against ${others.map(({ label, value: amount }) => `${measure === "revenue" ? money(amount, currency) : number(amount)} for ${label}`).join(" and ")}.`
  const kind = scene.sides[0]?.at(-1)?.role ?? "period"
  return {
    sentence,
    table: plays
      ? {
          head: [kind, "Concerts", "Performances", "First", "Last"],
          rows: lines.map(({ label, row }) => [
            label,
            num(row.concerts),
            num(row.performances),
            String(row.first_date ?? ""),
            String(row.last_date ?? ""),
          ]),
        }
      : {
          head: [kind, measure],
          rows: lines.map(({ label, value: amount }) => [label, measure === "revenue" ? money(amount, currency) : amount]),
        },
    notes: notes(
      measure,
      names,
      reading.periods.length > 1 ? undefined : plays ? past(period, today) : period,
      scene.sides.flat(),
    ),
  }
}
