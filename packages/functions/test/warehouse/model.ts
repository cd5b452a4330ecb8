import type { Event, EventOf, EventType } from "../../../core/src/event/index.ts"

type Data<T extends EventType> = EventOf<T>["data"]
type Work = Data<"work.performed">

export interface Tickets {
  listed: number
  sold: number
  refunded: number
  scanned: number
  revenue: number
}
export type Concert = Data<"concert.upserted">

/** What the warehouse must know after events in this order of arrival: computed from the definitions, not from the SQL. */
export function modelOf(events: readonly Event[]) {
  const seen = new Set<string>()
  const distinct = events.filter(({ id }) => !seen.has(id) && seen.add(id))
  const of = <T extends EventType>(type: T) => distinct.filter((event): event is EventOf<T> & Event => event.type === type)
  /** Greatest `at`, and of equal ones the one that arrived last: a repeat arrives again. */
  const newest = <T extends EventType>(type: T, key: keyof Data<T>): Map<string, Data<T>> => {
    const best = new Map<string, { at: number; data: Data<T> }>()
    for (const event of events) {
      if (event.type !== type) continue
      const data = event.data as Data<T>
      const id = String(data[key])
      if ((best.get(id)?.at ?? Number.NEGATIVE_INFINITY) <= event.at) best.set(id, { at: event.at, data })
    }
    return new Map([...best].map(([id, { data }]) => [id, data]))
  }
  const venues = newest("venue.upserted", "venueId")
  const artists = newest("artist.upserted", "artistId")
  const concerts = newest("concert.upserted", "concertId")
  const cancelled = newest("concert.cancelled", "concertId")
  const works = of("work.performed").map(({ data }) => data)
  const tickets = new Map<string, Tickets>()
  for (const event of distinct) {
    if (!event.type.startsWith("ticket.")) continue
    const data = event.data as { concertId: string; quantity: number; priceCents?: number }
    const sum = tickets.get(data.concertId) ?? { listed: 0, sold: 0, refunded: 0, scanned: 0, revenue: 0 }
    tickets.set(data.concertId, sum)
    sum[event.type.slice("ticket.".length) as "listed"] += data.quantity
    if (event.type === "ticket.sold") sum.revenue += data.quantity * data.priceCents!
    if (event.type === "ticket.refunded") sum.revenue -= data.quantity * data.priceCents!
  }
  const live = [...concerts.values()].filter(({ concertId }) => !cancelled.has(concertId))
  return { distinct, venues, artists, concerts, cancelled, works, tickets, live }
}
export type Model = ReturnType<typeof modelOf>

export interface Filters {
  from?: string
  to?: string
  venue?: string
  city?: string
  artist?: string
  season?: string
  composer?: string
  work?: string
  conductor?: string
  soloist?: string
}

const holds = (text: string | undefined, part: string | undefined): boolean =>
  part === undefined || (text !== undefined && text.toLowerCase().includes(part.toLowerCase()))

const isDigit = (letter: string | undefined): boolean => letter !== undefined && letter >= "0" && letter <= "9"

/** An occurrence whose edge digits do not go on. */
function holdsNumbers(title: string, part: string): boolean {
  const [text, wanted] = [title.toLowerCase(), part.toLowerCase()]
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const goesOn = (isDigit(wanted[0]) && isDigit(text[at - 1])) || (isDigit(wanted.at(-1)) && isDigit(text[at + wanted.length]))
    if (!goesOn) return true
  }
  return false
}

const isWork = (work: Work, f: Filters): boolean =>
  holds(work.composer, f.composer) &&
  (f.work === undefined || holdsNumbers(work.title, f.work)) &&
  holds(work.conductor, f.conductor) &&
  (f.soloist === undefined || work.soloists.some(({ name }) => holds(name, f.soloist)))

export const worksOf = (m: Model, concertId: string, f: Filters): Work[] =>
  m.works.filter((work) => work.concertId === concertId && isWork(work, f))

export function concertsOf(m: Model, f: Filters): Concert[] {
  const byWork = [f.composer, f.work, f.conductor, f.soloist].some((part) => part !== undefined)
  return m.live.filter((concert) => {
    const venue = m.venues.get(concert.venueId)
    const artist = concert.artistId === undefined ? undefined : m.artists.get(concert.artistId)
    return (
      (f.from === undefined || concert.date >= f.from) &&
      (f.to === undefined || concert.date < f.to) &&
      (concert.venueId === f.venue || holds(venue?.name, f.venue)) &&
      holds(venue?.city, f.city) &&
      ((f.artist !== undefined && concert.artistId === f.artist) || holds(artist?.name, f.artist)) &&
      holds(concert.season, f.season) &&
      (!byWork || worksOf(m, concert.concertId, f).length > 0)
    )
  })
}

export const soldOf = (m: Model, { concertId }: { concertId: string }): number => {
  const sum = m.tickets.get(concertId)
  return sum ? sum.sold - sum.refunded : 0
}

/** What stayed of each currency of these concerts, in the order of their names. */
export function amountsOf(m: Model, concerts: readonly { concertId: string }[]): { currency: string; minor: number }[] {
  const ids = new Set(concerts.map(({ concertId }) => concertId))
  const sums = new Map<string, number>()
  for (const { type, data } of m.distinct) {
    if ((type !== "ticket.sold" && type !== "ticket.refunded") || !ids.has(data.concertId)) continue
    const minor = data.quantity * data.priceCents * (type === "ticket.sold" ? 1 : -1)
    sums.set(data.currency, (sums.get(data.currency) ?? 0) + minor)
  }
  return ordered(
    [...sums].map(([currency, minor]) => ({ currency, minor })),
    ({ currency }) => currency,
  )
}

/** In the currency asked for, else in the only one; null where several would be added up. */
export function revenueOf(m: Model, concerts: readonly { concertId: string }[], currency?: string): number | null {
  const amounts = amountsOf(m, concerts)
  if (currency !== undefined) return amounts.find((amount) => amount.currency === currency)?.minor ?? 0
  return amounts.length > 1 ? null : (amounts[0]?.minor ?? 0)
}

/** Ordered by the keys in turn; a number is descending where it is negated. */
export function ordered<T>(items: readonly T[], ...keys: ((item: T) => string | number)[]): T[] {
  return items.toSorted((a, b) => {
    for (const key of keys) {
      const [x, y] = [key(a), key(b)]
      if (x !== y) return x < y ? -1 : 1
    }
    return 0
  })
}
