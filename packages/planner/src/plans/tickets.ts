import { cell } from "../answer.ts"
import { addMonths } from "../calendar.ts"
import { oneCurrency } from "../ask.ts"
import { type Amounts, amountsOf, number, percent, spokenAmounts, together } from "../text.ts"
import { filtersOf, notes, num, type Plan, type Scene, scope } from "../scene.ts"

interface Line {
  name: string
  city?: string
  concerts: number
  tickets: number
  revenue: number
  amounts: Amounts
  /** Seats of the concerts whose capacity is known. */
  seats: number
  score: number
}

/** Without a period, ticket questions are about the season around today. */
const windowOf = ({ period, today, reading }: Scene) =>
  period?.from && period.to
    ? { from: period.from, to: period.to }
    : period?.from
      ? { from: period.from, to: addMonths(today, 12) }
      : reading.measure === "score"
        ? {}
        : { from: addMonths(today, -12), to: addMonths(today, 12) }

function venues(scene: Scene): Line[] {
  const city = scene.names.find(({ role }) => role === "city")?.value
  const { measure } = scene.reading
  const by = measure === "score" || measure === "revenue" ? measure : "tickets"
  const [result] = scene.ask([{ tool: "venue_popularity", input: { by, ...windowOf(scene), city, limit: 50 } }])
  return result!.rows.map((row) => {
    const share = num(row.sell_through)
    return {
      name: String(row.name),
      city: row.city ? String(row.city) : undefined,
      concerts: num(row.concerts),
      tickets: num(row.tickets_sold),
      revenue: num(row.revenue_cents),
      amounts: amountsOf(row.amounts),
      seats: share > 0 ? num(row.tickets_sold) / share : 0,
      score: num(row.score),
    }
  })
}

/** Venues of one city added up. */
function cities(lines: Line[]): Line[] {
  const found = new Map<string, Line>()
  for (const line of lines) {
    const name = line.city ?? "unknown"
    const sum = found.get(name) ?? { name, concerts: 0, tickets: 0, revenue: 0, amounts: new Map(), seats: 0, score: 0 }
    for (const key of ["concerts", "tickets", "revenue", "seats"] as const) sum[key] += line[key]
    sum.amounts = together(sum.amounts, line.amounts)
    found.set(name, sum)
  }
  return [...found.values()]
}

const ARTISTS = 4

/** No tool ranks artists by tickets: those with the most concerts are asked for one by one. */
function artists(scene: Scene): Line[] {
  const window = windowOf(scene)
  const others = filtersOf(
    scene.names.filter(({ role }) => role !== "artist"),
    undefined,
  )
  const [most] = scene.ask([{ tool: "top_performed", input: { of: "artist", ...others, ...window, limit: ARTISTS } }])
  const names = most!.rows.map((row) => ({ name: String(row.name), concerts: num(row.concerts) }))
  // Revenue is asked for only where it ranks: artists that play in several countries are refused then, which says nothing of their tickets.
  const measures = scene.reading.measure === "revenue" ? ["tickets", "revenue"] : ["tickets"]
  const calls = names.flatMap(({ name }) =>
    measures.map((measure) => ({
      tool: "counts_by_period",
      input: { period: "total", measure, ...others, artist: name, ...window },
    })),
  )
  const found = scene.ask(calls).map(({ rows }) => rows[0] ?? {})
  oneCurrency(found)
  return names.map(({ name, concerts }, index) => {
    const [tickets, revenue] = found.slice(index * measures.length, (index + 1) * measures.length)
    const currency = String(revenue?.currency ?? "")
    const amounts = new Map(currency ? [[currency, num(revenue?.value)]] : [])
    return { name, concerts, tickets: num(tickets?.value), revenue: num(revenue?.value), amounts, seats: 0, score: 0 }
  })
}

const VALUE: Record<string, (line: Line) => number> = {
  tickets: ({ tickets }) => tickets,
  revenue: ({ revenue }) => revenue,
  score: ({ score }) => score,
  "sell-through": ({ tickets, seats }) => (seats > 0 ? tickets / seats : -1),
}

const share = ({ tickets, seats }: Line): string => (seats > 0 ? percent(tickets / seats) : "unknown")

/** Venues, cities or artists by what they sold. */
export const ticketRanking: Plan = (scene) => {
  const { reading, names, period } = scene
  const { measure, of = "venue" } = reading
  if (of !== "venue" && of !== "city" && of !== "artist")
    return {
      sentence: `I can rank venues, cities and artists by tickets, not ${of}s. Ask for one of them, or for the tickets of one ${of}.`,
    }
  const lines = of === "artist" ? artists(scene) : of === "city" ? cities(venues(scene)) : venues(scene)
  const value = VALUE[measure]!
  const ranked = lines
    .filter((line) => value(line) >= 0)
    .sort((a, b) => (reading.least ? value(a) - value(b) : value(b) - value(a)))
  const window = windowOf(scene)
  const where = period
    ? scope(names, period)
    : `${scope(names, undefined)}${window.from ? ` between ${window.from} and ${window.to}` : " in the last 90 days"}`
  const [first] = ranked
  if (!first || (value(first) === 0 && measure !== "sell-through"))
    return { sentence: `No ticket sales${where} are stored.`, notes: notes(measure, names, period) }
  const best =
    measure === "revenue"
      ? spokenAmounts(first.amounts)
      : measure === "sell-through"
        ? share(first)
        : measure === "score"
          ? first.score.toFixed(1)
          : number(first.tickets)
  const what = { tickets: "tickets sold", revenue: "revenue", score: "score", "sell-through": "sell-through" }[
    measure as "tickets"
  ]
  const hasMoney = of !== "artist" || measure === "revenue"
  const extreme = reading.least ? "lowest" : measure === "tickets" ? "most" : "highest"
  return {
    sentence: `**${cell(first.name)}**${of === "venue" && first.city ? ` (${cell(first.city)})` : ""} had the ${extreme} ${what}${where}: **${best}**.`,
    table: {
      head: [
        of[0]!.toUpperCase() + of.slice(1),
        "Concerts",
        "Tickets",
        ...(hasMoney ? ["Revenue"] : []),
        ...(of === "artist" ? [] : ["Sell-through"]),
        ...(measure === "score" ? ["Score"] : []),
      ],
      rows: ranked
        .slice(0, reading.limit ?? 10)
        .map((line) => [
          line.name,
          line.concerts,
          number(line.tickets),
          ...(hasMoney ? [spokenAmounts(line.amounts)] : []),
          ...(of === "artist" ? [] : [share(line)]),
          ...(measure === "score" ? [line.score.toFixed(1)] : []),
        ]),
    },
    notes: [
      ...notes(measure, names, period),
      ...(of === "artist" ? [`Only the ${lines.length} artists with the most concerts were compared.`] : []),
    ],
  }
}
