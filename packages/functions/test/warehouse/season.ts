import type { Event, EventOf, EventType } from "../../../core/src/event/index.ts"

/** A generator of the same numbers for the same seed (mulberry32). */
export function random(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (n: number): number => Math.floor(next() * n)
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!
  const chance = (share: number): boolean => next() < share
  const maybe = <T>(items: readonly T[], share = 0.7): T | undefined => (chance(share) ? pick(items) : undefined)
  const shuffle = <T>(items: readonly T[]): T[] =>
    items
      .map((item) => [next(), item] as const)
      .sort((a, b) => a[0] - b[0])
      .map(([, item]) => item)
  return { below, pick, chance, maybe, shuffle }
}
export type Random = ReturnType<typeof random>

export const VENUES = ["Carnegie Hall", "Town Hall", "Carnegie Hall", "L'Élysée 55"] as const
export const CITIES = ["Manhattan, NY", "Boston, MA", "Paris"] as const
export const ARTISTS = ["New York Philharmonic", "Gould, Glenn", "100% Brass_Band"] as const
export const COMPOSERS = ["Beethoven, Ludwig van", "Mahler, Gustav", "Dvorák, Antonín"] as const
export const TITLES = [
  "SYMPHONY NO. 5 IN C MINOR",
  "SYMPHONY NO. 5",
  "SYMPHONY NO. 50",
  "SYMPHONY NO. 55, OP. 5",
  "EGMONT (OVERTURE)",
] as const
export const CONDUCTORS = ["Bernstein, Leonard", "Walter, Bruno", "Gould, Glenn"] as const
export const SOLOISTS = ["Serkin, Rudolf", "Gould, Glenn", "Casals, Pablo"] as const
export const SEASONS = ["1949-50", "1950-51", "1959-60"] as const
export const DATES = [
  "1949-12-31",
  "1950-01-01",
  "1950-02-10",
  "1950-02-28",
  "1955-06-15",
  "1959-12-31",
  "1960-01-01",
  "1969-07-20",
] as const

/** Few ids and few instants, so that versions, ties, repeats and events without their concert all happen. */
export function season(r: Random): Event[] {
  const events: Event[] = []
  let n = 0
  const add = <T extends EventType>(type: T, data: EventOf<T>["data"]): void => {
    n += 1
    events.push({ id: `e${n}`, type, at: -630_000_000_000 + 1_000 * r.below(4), v: 1, data } as Event)
  }
  const concertId = (): string => `c${r.below(14)}`
  for (let i = 0; i < 6; i += 1)
    add("venue.upserted", {
      venueId: `v${r.below(4)}`,
      name: r.pick(VENUES),
      city: r.maybe(CITIES),
      capacity: r.maybe([2, 10, 40], 0.4),
    })
  for (let i = 0; i < 4; i += 1)
    add("artist.upserted", { artistId: `a${r.below(3)}`, name: r.pick(ARTISTS), kind: r.maybe(["person", "ensemble"] as const) })
  for (let i = 0; i < 20; i += 1)
    add("concert.upserted", {
      concertId: concertId(),
      venueId: `v${r.below(5)}`,
      artistId: r.maybe(["a0", "a1", "a2", "a3"]),
      title: r.pick(["Gala", "Matinee", "Memorial 5"]),
      date: r.pick(DATES),
      time: r.maybe(["19:30", "20:00"]),
      season: r.maybe(SEASONS),
      capacity: r.maybe([5, 20], 0.5),
      startsAt: r.maybe([-1_234_567_891, 1_700_000_000_123]),
    })
  for (let i = 0; i < 2; i += 1) add("concert.cancelled", { concertId: concertId() })
  for (let i = 0; i < 30; i += 1) {
    const price = r.chance(0.8) ? { priceCents: 1_250, currency: "USD" } : { priceCents: 900, currency: "JPY" }
    const sale = { concertId: concertId(), orderId: `o${i}`, quantity: 1 + r.below(4), ...price }
    const kind = r.below(8)
    if (kind === 0) add("ticket.listed", { concertId: sale.concertId, quantity: 10, ...price })
    else if (kind === 1) add("ticket.refunded", sale)
    else if (kind === 2) add("ticket.scanned", { concertId: sale.concertId, quantity: 1 })
    else add("ticket.sold", sale)
  }
  for (let i = 0; i < 30; i += 1)
    add("work.performed", {
      concertId: concertId(),
      position: 1 + r.below(4),
      workId: `w${r.below(6)}`,
      title: r.pick(TITLES),
      composer: r.maybe(COMPOSERS),
      conductor: r.maybe(CONDUCTORS),
      soloists: Array.from({ length: r.below(3) }, () => ({ name: r.pick(SOLOISTS), instrument: r.maybe(["Piano"]) })),
    })
  const repeats = Array.from({ length: 8 }, () => r.pick(events))
  return r.shuffle([...events, ...repeats])
}
