import { amountsOf, type Concert, type Filters, type Model, concertsOf, ordered, revenueOf, soldOf, worksOf } from "./model.ts"

const venueName = (m: Model, { venueId }: Concert): string => m.venues.get(venueId)?.name ?? venueId
const pairs = (m: Model, concerts: readonly Concert[], f: Filters): Set<string> =>
  new Set(concerts.flatMap(({ concertId }) => worksOf(m, concertId, f).map(({ workId }) => `${concertId} ${workId}`)))

export type Period = "day" | "month" | "year" | "decade" | "season" | "total"
export type Measure = "concerts" | "tickets" | "revenue" | "performances"

const periodOf: Record<Period, (concert: Concert) => string> = {
  day: ({ date }) => date,
  month: ({ date }) => date.slice(0, 7),
  year: ({ date }) => date.slice(0, 4),
  decade: ({ date }) => `${date.slice(0, 3)}0s`,
  season: ({ season }) => season ?? "unknown",
  total: () => "total",
}

/** Undefined where the question would add currencies up. */
export function counts(m: Model, period: Period, measure: Measure, f: Filters, asked?: string) {
  const groups = new Map<string, Concert[]>(period === "total" ? [["total", []]] : [])
  for (const concert of concertsOf(m, f)) {
    const key = periodOf[period](concert)
    groups.set(key, [...(groups.get(key) ?? []), concert])
  }
  const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0)
  const value = (concerts: Concert[]): number => {
    if (measure === "concerts") return concerts.length
    if (measure === "performances") return pairs(m, concerts, f).size
    return measure === "tickets" ? sum(concerts.map((concert) => soldOf(m, concert))) : (revenueOf(m, concerts, asked) ?? 0)
  }
  const taken = amountsOf(m, concertsOf(m, f)).map((amount) => amount.currency)
  if (measure === "revenue" && asked === undefined && taken.length > 1) return undefined
  const currency = measure === "revenue" ? (taken.find((one) => asked === undefined || one === asked) ?? null) : null
  const rows = [...groups].map(([name, concerts]) => ({ period: name, value: value(concerts), currency }))
  const known = measure === "performances" && period !== "total" ? rows.filter((row) => row.value > 0) : rows
  return ordered(known, (row) => row.period)
}

export function history(m: Model, f: Filters) {
  const concerts = concertsOf(m, f)
  const days = concerts.map(({ date }) => date).sort()
  const at = (day: string | undefined): Concert | undefined =>
    ordered(
      concerts.filter(({ date }) => date === day),
      ({ concertId }) => concertId,
    )[0]
  const [first, last] = [at(days[0]), at(days.at(-1))]
  return {
    concerts: concerts.length,
    performances: pairs(m, concerts, f).size,
    first_date: first?.date ?? null,
    first_venue: first ? venueName(m, first) : null,
    last_date: last?.date ?? null,
    last_venue: last ? venueName(m, last) : null,
  }
}

export type Of = "composer" | "work" | "conductor" | "soloist" | "venue" | "city" | "season" | "artist"

/** [identity, name, detail] of what a concert, or a work in it, is credited to. */
function credits(
  m: Model,
  of: Of,
  concert: Concert,
  f: Filters,
): [key: string, name: string, detail: string | null, workId: string | null][] {
  const works = worksOf(m, concert.concertId, f)
  const one = (
    name: string | undefined,
    work: { workId: string },
    detail: string | null = null,
  ): [string, string, string | null, string | null][] => (name === undefined ? [] : [[name, name, detail, work.workId]])
  if (of === "composer") return works.flatMap((work) => one(work.composer, work))
  if (of === "work") return works.flatMap((work) => one(work.title, work, work.composer ?? null))
  if (of === "conductor") return works.flatMap((work) => one(work.conductor, work))
  if (of === "soloist") return works.flatMap((work) => work.soloists.flatMap(({ name }) => one(name, work)))
  const venue = m.venues.get(concert.venueId)
  const place = {
    venue: [concert.venueId, venueName(m, concert), venue?.city ?? null],
    city: [venue?.city, venue?.city, null],
    season: [concert.season, concert.season, null],
    artist: [concert.artistId, concert.artistId && (m.artists.get(concert.artistId)?.name ?? concert.artistId), null],
  }[of]
  const [key, name, detail] = place
  if (!key || !name) return []
  const all: ({ workId: string } | null)[] = works.length > 0 ? works : [null]
  return all.map((work) => [key, name, detail ?? null, work?.workId ?? null])
}

export function top(m: Model, of: Of, f: Filters, limit: number) {
  const tally = new Map<
    string,
    { key: string; name: string; detail: string | null; concerts: Set<string>; performances: Set<string> }
  >()
  for (const concert of concertsOf(m, f))
    for (const [key, name, detail, workId] of credits(m, of, concert, f)) {
      const id = JSON.stringify([key, name, detail])
      const entry = tally.get(id) ?? { key, name, detail, concerts: new Set(), performances: new Set() }
      tally.set(id, entry)
      entry.concerts.add(concert.concertId)
      if (workId !== null) entry.performances.add(`${concert.concertId} ${workId}`)
    }
  const rows = [...tally.values()].map((entry) => ({
    ...entry,
    concerts: entry.concerts.size,
    performances: entry.performances.size,
  }))
  const [first, second] =
    of === "composer" || of === "work" ? (["performances", "concerts"] as const) : (["concerts", "performances"] as const)
  return ordered(
    rows,
    (row) => -row[first],
    (row) => -row[second],
    (row) => row.name,
    (row) => row.detail ?? "",
    (row) => row.key,
  )
    .slice(0, limit)
    .map(({ name, detail, concerts, performances }, n) => ({ rank: n + 1, name, detail, concerts, performances }))
}

const before = (from: string, to: string): string => new Date(2 * Date.parse(from) - Date.parse(to)).toISOString().slice(0, 10)

/** Popularity of every venue with a concert in the window; unordered, the score not rounded. */
export function popularity(m: Model, from: string, to: string, city: string | undefined, currency?: string) {
  const f = city === undefined ? {} : { city }
  const total = (values: number[]): number => values.reduce((a, b) => a + b, 0)
  const by = (concerts: Concert[], venueId: string): Concert[] => concerts.filter((concert) => concert.venueId === venueId)
  const current = concertsOf(m, { ...f, from, to })
  const preceding = concertsOf(m, { ...f, from: before(from, to), to: from })
  const rows = [...new Set(current.map(({ venueId }) => venueId))].map((venueId) => {
    const venue = m.venues.get(venueId)
    const [now, then] = [by(current, venueId), by(preceding, venueId)]
    const [tickets, tickets0] = [now, then].map((concerts) => total(concerts.map((concert) => soldOf(m, concert)))) as [
      number,
      number,
    ]
    const seated = now.filter(({ capacity }) => (capacity ?? venue?.capacity) !== undefined)
    const offered = total(
      seated.map(({ concertId }) => (m.tickets.get(concertId)?.listed ?? 0) + (m.tickets.get(concertId)?.sold ?? 0)),
    )
    const seats = total(seated.map(({ capacity }) => capacity ?? venue!.capacity!))
    let trend: number | null = null
    if (tickets0 > 0) trend = (tickets - tickets0) / tickets0
    else if (then.length > 0) trend = (now.length - then.length) / then.length
    return {
      venueId,
      name: venue?.name ?? venueId,
      city: venue?.city ?? null,
      concerts: now.length,
      ticketsSold: tickets,
      revenueCents: revenueOf(m, now, currency),
      amounts: amountsOf(m, now),
      sellThrough: offered > 0 ? total(seated.map((concert) => soldOf(m, concert))) / seats : null,
      trend,
    }
  })
  const most = Math.max(...rows.map(({ concerts }) => concerts))
  const mostSold = Math.max(...rows.map(({ ticketsSold }) => ticketsSold))
  return rows.map((row) => {
    const share =
      (50 * row.concerts) / most +
      (30 * Math.max(0, row.ticketsSold)) / mostSold +
      20 * Math.min(1, Math.max(0, row.sellThrough ?? 0))
    return { ...row, score: mostSold > 0 ? share : (100 * row.concerts) / most }
  })
}
