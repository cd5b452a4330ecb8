import { type EventInput, isDay } from "@backline/core/event"
import { cellsOf, type Line } from "./lines.ts"
import type { Rows } from "./rows.ts"
import { digest, slug, textOf } from "./text.ts"

const DAY = 86_400_000
const COLUMNS = ["week", "show", "price", "capacity", "sold"] as const
type Column = (typeof COLUMNS)[number]
const CURRENCY = "USD"
/** The most that an event of an order takes. */
const MOST_OF_ORDER = 50
const MOST_CAPACITY = 100_000
const MOST_PRICE = 10_000

const whole = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : Number.NaN)

interface Week {
  week: string
  show: string
  priceCents: number
  capacity: number
  sold: number
}

function weekOf(cell: (column: Column) => string): Week | string {
  const [week, show] = [cell("week"), textOf(cell("show"))]
  if (!isDay(week)) return `has the week ${JSON.stringify(week.slice(0, 40))}, not a day as YYYY-MM-DD`
  if (!show) return "names no show"
  const price = cell("price").replace(/^\$/, "")
  if (!/^\d{1,5}(\.\d{1,2})?$/.test(price) || Number(price) > MOST_PRICE)
    return `has the price ${JSON.stringify(price.slice(0, 40))}, not dollars from 0 to ${MOST_PRICE}`
  const [capacity, sold] = [whole(cell("capacity")), whole(cell("sold"))]
  if (!(capacity >= 1 && capacity <= MOST_CAPACITY))
    return `has the capacity ${JSON.stringify(cell("capacity").slice(0, 40))}, not a whole number from 1 to ${MOST_CAPACITY}`
  if (!(sold >= 0)) return `has ${JSON.stringify(cell("sold").slice(0, 40))} sold, not a whole number from 0`
  if (sold > capacity) return `has ${sold} sold of a capacity of ${capacity}`
  return { week, show, priceCents: Math.round(Number(price) * 100), capacity, sold }
}

/** A week of a show is a concert: its seats listed, its tickets sold in orders of at most fifty, all at the week's start. */
function* eventsOf({ week, show, priceCents, capacity, sold }: Week, isNewShow: boolean): Generator<EventInput> {
  const of = `${slug(show) || "x"}-${digest(show.toLowerCase().normalize("NFC"), 10)}`
  const [artistId, venueId] = [`grosses-show-${of}`, `grosses-house-${of}`]
  const at = Date.parse(`${week}T00:00:00Z`)
  const firstAt = Date.UTC(2025, 0, 1)
  if (isNewShow) {
    yield { id: artistId, type: "artist.upserted", at: firstAt, v: 1, data: { artistId, name: show, kind: "ensemble" } }
    yield { id: venueId, type: "venue.upserted", at: firstAt, v: 1, data: { venueId, name: textOf(`House of ${show}`)! } }
  }
  // The figures are part of the id: the same row is the same events, and other figures are another concert, never half of both.
  const concertId = `grosses-${digest([of, priceCents, capacity, sold].join(), 16)}-${week}`
  const price = { priceCents, currency: CURRENCY }
  yield {
    id: concertId,
    type: "concert.upserted",
    at: at - DAY,
    v: 1,
    data: {
      concertId,
      venueId,
      artistId,
      title: textOf(`${show}, week of ${week}`)!,
      date: week,
      category: "Weekly gross",
      capacity,
      ...price,
    },
  }
  yield { id: `${concertId}-l`, type: "ticket.listed", at: at - DAY, v: 1, data: { concertId, quantity: capacity, ...price } }
  for (let left = sold, n = 1; left > 0; left -= MOST_OF_ORDER, n++) {
    const quantity = Math.min(left, MOST_OF_ORDER)
    yield {
      id: `${concertId}-o${n}`,
      type: "ticket.sold",
      at,
      v: 2,
      data: { concertId, orderId: `${concertId}-o${n}`, quantity, ...price },
    }
  }
}

/** Rows `week, show, price, capacity, sold` with a heading that names them, in any order; other columns are left alone. */
export function grosses(): Rows {
  let places: Record<Column, number> | undefined
  const shows = new Set<string>()
  const weeks = new Set<string>()
  return {
    row({ text }: Line) {
      const cells = cellsOf(text)
      if (!cells) return { problem: "has a quote that is not closed" }
      if (!places) {
        const names = cells.map((cell) => cell.toLowerCase())
        const missing = COLUMNS.filter((column) => !names.includes(column))
        if (missing.length > 0)
          return { problem: `is no heading with week, show, price, capacity and sold (${missing.join(", ")} missing)` }
        places = Object.fromEntries(COLUMNS.map((column) => [column, names.indexOf(column)])) as Record<Column, number>
        return { events: [] }
      }
      const at = places
      const week = weekOf((column) => cells[at[column]] ?? "")
      if (typeof week === "string") return { problem: week }
      const show = week.show.toLowerCase().normalize("NFC")
      if (weeks.has(`${week.week} ${show}`)) return { problem: "repeats a week and show of a line above" }
      weeks.add(`${week.week} ${show}`)
      const isNewShow = !shows.has(show)
      shows.add(show)
      return { events: eventsOf(week, isNewShow) }
    },
  }
}
