import { cell } from "../answer.ts"
import { oneCurrency } from "../ask.ts"
import { addDays, spoken } from "../calendar.ts"
import { money, number, percent, plural } from "../text.ts"
import { filtersOf, notes, num, past, type Plan, type Scene, scope } from "../scene.ts"

const SHOWN = 10

/** Concerts by date; the number of all of them comes from counting, not from the list. */
export const list: Plan = (scene) => {
  const { reading, names, period, ask, today } = scene
  if (reading.measure === "tickets" || reading.measure === "revenue" || reading.measure === "sell-through") return bestSold(scene)
  const filters = filtersOf(names, reading.edge === "last" ? past(period, today) : period)
  const [found, total] = ask([
    { tool: "find_concerts", input: { ...filters, order: reading.edge ?? "first", limit: reading.limit ?? SHOWN } },
    { tool: "counts_by_period", input: { period: "total", measure: "concerts", ...filters } },
  ])
  const all = num(total!.rows[0]?.value)
  const { rows } = found!
  const where = scope(names, period)
  if (rows.length === 0) return { sentence: `No concerts${where} are stored.`, notes: notes("concerts", names, period) }
  const shown = all > rows.length ? ` Here are the ${reading.edge ?? "first"} ${rows.length}.` : ""
  return {
    sentence: `There ${all === 1 ? "was" : "were"} **${plural(all, "concert")}**${where}.${shown}`,
    table: {
      head: ["Date", "Concert", "Venue", "City"],
      rows: rows.map((row) => [String(row.concert_date), String(row.title), String(row.venue ?? ""), String(row.city ?? "")]),
    },
    notes: notes("concerts", names, period),
  }
}

const CONCERTS = 50
const WINDOWS = 8
const WINDOW_DAYS = 30

/** Without a period: the weeks around today, in windows that a tool can list. */
const windowsAround = (today: string) =>
  Array.from({ length: WINDOWS }, (_, n) => {
    const from = addDays(today, (n - WINDOWS / 2) * WINDOW_DAYS)
    return { from, to: addDays(from, WINDOW_DAYS) }
  })

/** Concerts by what they sold, among those that the tool lists. */
function bestSold({ reading, names, period, ask, today }: Scene) {
  const windows: { from?: string; to?: string }[] = period || names.length > 0 ? [{}] : windowsAround(today)
  const results = ask(
    windows.map((window) => ({
      tool: "find_concerts",
      input: { ...filtersOf(names, period), ...window, order: "last", limit: CONCERTS },
    })),
  )
  const found = results.flatMap(({ rows }) => rows)
  const revenue = (row: Record<string, unknown>) => num(row.tickets_sold) * num(row.price_cents)
  const fill = (row: Record<string, unknown>) => (num(row.capacity) > 0 ? num(row.tickets_sold) / num(row.capacity) : 0)
  const value =
    reading.measure === "sell-through"
      ? fill
      : reading.measure === "revenue"
        ? revenue
        : (row: Record<string, unknown>) => num(row.tickets_sold)
  const currency = reading.measure === "revenue" ? oneCurrency(found) : undefined
  const ranked = found.toSorted((a, b) => (reading.least ? value(a) - value(b) : value(b) - value(a)))
  const [first] = ranked
  const where = period || names.length > 0 ? scope(names, period) : ` from ${windows[0]!.from} to ${windows.at(-1)!.to}`
  if (!first || num(first.tickets_sold) === 0)
    return { sentence: `No ticket sales${where} are stored.`, notes: notes(reading.measure, names, period) }
  const best =
    reading.measure === "sell-through"
      ? percent(fill(first))
      : reading.measure === "revenue"
        ? money(revenue(first), currency)
        : `${number(num(first.tickets_sold))} tickets`
  const part = results.some(({ truncated, rowCount }) => truncated || rowCount >= CONCERTS)
  return {
    sentence: `**${cell(first.title)}** on ${spoken(String(first.concert_date))} sold the ${reading.least ? "least" : "most"}${where}: **${best}**.`,
    table: {
      head: ["Date", "Concert", "Tickets", "Capacity", "Sell-through"],
      rows: ranked
        .slice(0, reading.limit ?? SHOWN)
        .map((row) => [
          String(row.concert_date),
          String(row.title),
          num(row.tickets_sold),
          num(row.capacity) || "unknown",
          num(row.capacity) > 0 ? percent(fill(row)) : "unknown",
        ]),
    },
    notes: [
      ...notes(reading.measure, names, period),
      ...(part
        ? [
            `${plural(found.length, "concert")} could be compared, not all of them; name a place, an artist or a period for others.`,
          ]
        : []),
    ],
  }
}
