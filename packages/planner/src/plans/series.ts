import { addMonths, startOfYear } from "../calendar.ts"
import type { Step } from "../frame.ts"
import { oneCurrency } from "../ask.ts"
import { money, number, plural } from "../text.ts"
import { type Filters, filtersOf, notes, num, type Plan, type Scene, scope } from "../scene.ts"

/** Rows that a tool gives the model at most: longer series are asked for in parts. */
const ROWS = 50
const PARTS = 8

const yearOf = (day: string): number => Number(day.slice(0, 4))

/** First and last year there is anything, where the question does not say. */
function bounds(scene: Scene, filters: Filters): { from: string; to: string } | undefined {
  if (filters.from && filters.to) return { from: filters.from, to: filters.to }
  const [result] = scene.ask([{ tool: "performance_history", input: filters }])
  const { first_date: first, last_date: last } = result!.rows[0] ?? {}
  if (typeof first !== "string" || typeof last !== "string") return undefined
  return { from: filters.from ?? startOfYear(yearOf(first)), to: filters.to ?? startOfYear(yearOf(last) + 1) }
}

/** Windows of at most 50 rows each; undefined where that is more than one turn of tools. */
function windows(step: Step, from: string, to: string): { from: string; to: string }[] | undefined {
  // A season that two windows share is counted in both and added up; so its windows leave room for that.
  const months = { year: 12 * ROWS, season: 12 * (ROWS - 5), decade: 12 * 10 * ROWS, month: ROWS - 2, day: 1 }[step]
  const parts: { from: string; to: string }[] = []
  for (let start = from; start < to;) {
    const end = addMonths(step === "year" ? startOfYear(yearOf(start)) : start, months)
    parts.push({ from: start, to: end < to ? end : to })
    start = end
    if (parts.length > PARTS) return undefined
  }
  return parts
}

type Point = { period: string; value: number; currency?: string }

function points(scene: Scene, step: Step): Point[] | undefined {
  const { names, period, reading } = scene
  const filters = filtersOf(names, period)
  const measure = ["tickets", "revenue", "performances"].includes(reading.measure) ? reading.measure : "concerts"
  const call = (more: Filters) => ({ tool: "counts_by_period", input: { period: step, measure, ...filters, ...more } })
  if (step === "decade" || filters.season) return read(scene.ask([call({})]))
  const whole = bounds(scene, filters)
  if (!whole) return []
  const parts = windows(step, whole.from, whole.to)
  return parts && read(scene.ask(parts.map(call)))
}

function read(results: { rows: Record<string, unknown>[] }[]): Point[] {
  const sums = new Map<string, number>()
  const currency = oneCurrency(results.flatMap(({ rows }) => rows))
  for (const { rows } of results)
    for (const { period, value } of rows) sums.set(String(period), (sums.get(String(period)) ?? 0) + num(value))
  return [...sums].map(([period, value]) => ({ period, value, currency }))
}

/** A number for each period, or the period with the highest. */
export const series: Plan = (scene) => {
  const { reading, names, period } = scene
  const step = reading.step ?? "year"
  const found = points(scene, step)
  const measure = ["tickets", "revenue", "performances"].includes(reading.measure) ? reading.measure : "concerts"
  const where = scope(names, period)
  if (!found) return { sentence: `That is more ${step}s than I can look at in one answer. Name a decade or a few years.` }
  if (found.length === 0) return { sentence: `No concerts${where} are stored.`, notes: notes(measure, names, period) }
  const ranked = found.toSorted(
    (a, b) => (reading.least ? a.value - b.value : b.value - a.value) || (a.period < b.period ? -1 : 1),
  )
  const best = ranked[0]!
  const { currency } = best
  const show = (value: number): string => (measure === "revenue" ? money(value, currency) : number(value))
  const total = found.reduce((sum, { value }) => sum + value, 0)
  const head = [step[0]!.toUpperCase() + step.slice(1), measure[0]!.toUpperCase() + measure.slice(1)]
  const isRanking = reading.limit !== undefined || reading.least
  const rows = isRanking ? ranked.slice(0, Math.max(reading.limit ?? 5, 5)) : found.slice(0, ROWS)
  const extreme = reading.least ? "fewest" : "most"
  return {
    sentence: isRanking
      ? `The ${step} with the ${extreme} ${measure}${where} was **${best.period}** with **${show(best.value)}**.`
      : `There were **${measure === "revenue" ? money(total, currency) : plural(total, measure.replace(/s$/, ""))}**${measure === "revenue" ? " of revenue" : ""}${where} in ${plural(found.length, step)}; the ${extreme} in ${best.period} with ${show(best.value)}.`,
    table: { head, rows: rows.map(({ period: name, value }) => [name, show(value)]) },
    notes: [
      ...notes(measure, names, period),
      ...(found.length > rows.length && !isRanking
        ? [`The table shows the first ${rows.length} of ${found.length} ${step}s.`]
        : []),
    ],
  }
}
