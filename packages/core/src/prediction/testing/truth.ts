import { LEADS } from "../snapshot.ts"
import type { PastConcert } from "../history.ts"

const DAY_MS = 86_400_000

/** mulberry32: the same seed gives the same season on every machine. */
function randomOf(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  /** Marsaglia and Tsang, for a shape of at least 1. */
  const gamma = (shape: number): number => {
    const d = shape - 1 / 3
    for (;;) {
      const x = normal()
      const v = (1 + x / Math.sqrt(9 * d)) ** 3
      if (v > 0 && Math.log(1 - next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
    }
  }
  const poisson = (rate: number): number => {
    if (rate > 50) return Math.max(0, Math.round(rate + Math.sqrt(rate) * normal()))
    let [count, product] = [-1, 1]
    for (const limit = Math.exp(-rate); product > limit; count++) product *= next()
    return Math.max(0, count)
  }
  return { next, normal, gamma, poisson }
}
type Random = ReturnType<typeof randomOf>

/** How far the demand of concerts that are alike still differs: gamma with this shape and mean 1. */
const SHAPE = 16
/** Percent of demand for a percent of price. */
export const ELASTICITY = -1.2
const ON_SALE_DAYS = 100

/** Share of all demand that has come by so many days before a concert: a rush at the start, a quiet middle, a rush at the end. */
const comeBy = (lead: number): number => {
  const gone = Math.max(0, 1 - lead / ON_SALE_DAYS)
  return lead >= ON_SALE_DAYS ? 0 : 0.2 * (1 - Math.exp(-gone * 20)) + 0.35 * gone + 0.45 * Math.exp(-lead / 12) * gone
}
const WHOLE = comeBy(0)

/** A past concert with what only the simulator knows: the demand that was to be expected. */
export interface TrueConcert extends PastConcert {
  demand: number
}

/** Concerts of known truth: demand is artist × venue × price × weekday × season, times a chance of its own; orders come by a known curve, as Poisson. */
export function trueSeason({
  seed,
  concerts,
  artists = 40,
  venues = 20,
  days = 900,
  endsAt = Date.UTC(2025, 5, 1),
}: {
  seed: number
  concerts: number
  artists?: number
  venues?: number
  days?: number
  endsAt?: number
}): TrueConcert[] {
  const random = randomOf(seed)
  const fame = Array.from({ length: artists }, () => 0.5 * random.normal())
  const halls = Array.from({ length: venues }, () => ({
    capacity: Math.round(Math.exp(6.4 + 0.5 * random.normal())),
    pull: 0.2 * random.normal(),
  }))
  return Array.from({ length: concerts }, (_, number): TrueConcert => {
    const artist = Math.floor(random.next() ** 1.5 * artists)
    const venue = Math.floor(random.next() * venues)
    const { capacity, pull } = halls[venue]!
    const startsAt = endsAt - Math.ceil(random.next() * days) * DAY_MS
    const date = new Date(startsAt).toISOString().slice(0, 10)
    const dearness = 0.25 * random.normal()
    const priceMinor = Math.round(4_000 * Math.exp(0.4 * fame[artist]! + dearness))
    const weekend = [5, 6].includes(new Date(startsAt).getUTCDay()) ? 0.15 : 0
    const season = 0.12 * Math.cos((2 * Math.PI * (startsAt % (365.25 * DAY_MS))) / (365.25 * DAY_MS))
    const demand = 0.55 * capacity * Math.exp(fame[artist]! + pull + ELASTICITY * dearness + weekend + season)
    const luck = random.gamma(SHAPE) / SHAPE
    const marks = []
    let [sold, views, before] = [0, 0, ON_SALE_DAYS]
    for (const lead of LEADS) {
      const week = lead + 7 >= before ? 1 : 7 / (before - lead)
      const come = random.poisson(((comeBy(lead) - comeBy(before)) / WHOLE) * demand * luck)
      const bought = Math.min(come, capacity - sold)
      sold += bought
      views += random.poisson(6 * come)
      marks.push({ lead, sold, week: Math.round(bought * week), listed: capacity, views, priceMinor })
      before = lead
    }
    sold = Math.min(capacity, sold + random.poisson((1 - comeBy(before) / WHOLE) * demand * luck))
    return {
      concertId: `c${number}`,
      artistId: `a${artist}`,
      venueId: `v${venue}`,
      date,
      startsAt,
      capacity,
      priceMinor,
      currency: "EUR",
      sold,
      marks,
      demand,
    }
  })
}

/**
 * The best that can be said at a mark by who knows everything but chance: sales so far tell of the concert's own (gamma is conjugate to Poisson), and the
 * median of what then follows has the least absolute error. By simulation.
 */
export function oracle(
  { demand, capacity }: TrueConcert,
  { lead, sold }: { lead: number; sold: number },
  random: Random,
): number {
  if (sold >= capacity!) return sold
  const come = comeBy(lead) / WHOLE
  const ends = Array.from({ length: 201 }, () => {
    const luck = random.gamma(SHAPE + sold) / (SHAPE + demand * come)
    return Math.min(capacity!, sold + random.poisson(demand * (1 - come) * luck))
  }).sort((one, other) => one - other)
  return ends[100]!
}
export const oracleRandom = (): Random => randomOf(7)
