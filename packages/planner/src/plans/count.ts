import { oneCurrency } from "../ask.ts"
import { money, number, percent, plural } from "../text.ts"
import { filtersOf, notes, num, type Plan, scope } from "../scene.ts"

/** One number over everything that the question names. */
export const count: Plan = ({ reading: { measure }, names, period, ask }) => {
  if (measure === "sell-through") return sellThrough({ names, period, ask })
  const asked = measure === "score" ? "concerts" : measure
  const [result] = ask([{ tool: "counts_by_period", input: { period: "total", measure: asked, ...filtersOf(names, period) } }])
  const value = num(result!.rows[0]?.value)
  const currency = oneCurrency(result!.rows)
  const where = scope(names, period)
  const were = value === 1 ? "was" : "were"
  const sentence = {
    concerts: `There ${were} **${plural(value, "concert")}**${where}.`,
    performances: `There ${were} **${plural(value, "performance")}**${where}.`,
    tickets: `**${plural(value, "ticket")}** ${were} sold${where && ` for concerts${where}`}.`,
    revenue: `Ticket revenue${where && ` of concerts${where}`} was **${money(value, currency)}** (${number(value)} minor units).`,
  }[asked]
  return { sentence, notes: notes(asked, names, period) }
}

/** Tickets over capacity of the concerts themselves, where there are not too many to see. */
function sellThrough({ names, period, ask }: Pick<Parameters<Plan>[0], "names" | "period" | "ask">) {
  const [result] = ask([{ tool: "find_concerts", input: { ...filtersOf(names, period), order: "last", limit: 50 } }])
  const rows = result!.rows.filter(({ capacity }) => num(capacity) > 0)
  const tickets = rows.reduce((sum, row) => sum + num(row.tickets_sold), 0)
  const seats = rows.reduce((sum, row) => sum + num(row.capacity), 0)
  const where = scope(names, period)
  if (seats === 0)
    return {
      sentence: `Nothing is stored about capacity or tickets of concerts${where}.`,
      notes: notes("sell-through", names, period),
    }
  const part = result!.truncated || rows.length === 50 ? ` Only the latest ${rows.length} concerts went into it.` : ""
  return {
    sentence: `Concerts${where} sold **${percent(tickets / seats)}** of their seats: ${number(tickets)} of ${number(seats)} in ${plural(rows.length, "concert")}.${part}`,
    notes: notes("sell-through", names, period),
  }
}
