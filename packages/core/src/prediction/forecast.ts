import type { Artifact, Weights } from "./artifact.ts"
import { FACTORS, type Factor, FEATURES, pricesOf, type Snapshot, unknownness, vectorOf } from "./snapshot.ts"

/** What a model says of a concert: tickets sold in the end, and why. */
export interface Forecast {
  expected: number
  low: number
  high: number
  sellOutProbability: number
  /** What each factor adds to or takes from `expected`, in tickets, strongest first. */
  effects: { factor: Factor; tickets: number }[]
}

/** Centre and width on the scale of the weights. */
export interface Centre {
  centre: number
  width: number
}

type Weighed = Pick<Artifact, "leads" | "typical" | "elasticity">

const dot = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, index) => sum + value * other[index]!, 0)

const standardized = ({ means, deviations }: Weights, vector: readonly number[]): number[] =>
  vector.map((value, index) => (value - means[index]!) / deviations[index]!)

/** Centre and width by the weights of one lead; `without` leaves a factor at what is usual. */
export function centreBy(weights: Weights, vector: readonly number[], unknown: number, without?: Factor): Centre {
  const x = standardized(weights, vector).map((value, index) => (FEATURES[index]![1] === without ? 0 : value))
  const centre = weights.intercept + dot(weights.weights, x)
  const { base, count, unknown: ofUnknown } = weights.noise
  const leverage = dot(
    x,
    weights.spread.map((row) => dot(row, x)),
  )
  const tickets = Math.exp(Math.min(centre, 20))
  return { centre, width: Math.sqrt(base * (1 + leverage) + count / (1 + tickets) + ofUnknown * unknown) }
}

/** Between two leads that were trained, what lies between them: lead time is felt in proportions. */
function centreOf(artifact: Weighed, snapshot: Snapshot, without?: Factor): Centre {
  const vector = vectorOf(snapshot, artifact.typical)
  const unknown = unknownness(snapshot)
  const later = artifact.leads.findLast(({ lead }) => lead >= snapshot.lead) ?? artifact.leads[0]!
  const sooner = artifact.leads.find(({ lead }) => lead <= snapshot.lead) ?? artifact.leads.at(-1)!
  const far = centreBy(later, vector, unknown, without)
  if (later.lead === sooner.lead) return far
  const near = centreBy(sooner, vector, unknown, without)
  const part = (Math.log1p(snapshot.lead) - Math.log1p(sooner.lead)) / (Math.log1p(later.lead) - Math.log1p(sooner.lead))
  const mix = (one: number, other: number) => one + part * (other - one)
  return { centre: mix(near.centre, far.centre), width: mix(near.width, far.width) }
}

/** Another price moves what is still to be sold by the elasticity; how well that is known widens the band. */
function atPrice({ centre, width }: Centre, artifact: Weighed, ratio: number): Centre {
  const { value, error } = artifact.elasticity
  return { centre: centre + value * ratio, width: Math.hypot(width, error * ratio) }
}

/** The value below which that share of the ascending values lies. */
export function quantile(values: readonly number[], share: number): number {
  const place = share * (values.length - 1)
  const below = Math.floor(place)
  const [one, other] = [values[below]!, values[Math.min(values.length - 1, below + 1)]!]
  return one + (place - below) * (other - one)
}

/** Logarithm of a price against the one that the snapshot has, or against what is usual for the artist. */
function ratioOf(artifact: Weighed, snapshot: Snapshot, priceMinor: number | undefined): number {
  if (priceMinor === undefined) return 0
  if (snapshot.priceMinor !== null) return Math.log(priceMinor + 1) - Math.log(snapshot.priceMinor + 1)
  return pricesOf({ ...snapshot, priceMinor }, artifact.typical).price
}

/** Tickets sold in the end at each score: at least what is sold, at most the seats. On the last day the rest of it shrinks to nothing. */
function ends(centre: Centre, { sold, seats, lead }: Snapshot): (score: number) => number {
  const most = Math.max(sold, seats)
  const left = Math.min(1, Math.max(0, lead))
  return (score) => Math.min(most, sold + left * Math.max(0, Math.expm1(Math.min(centre.centre + score * centre.width, 20))))
}

/** What may come of a concert: tickets sold in the end by score, which only rises. */
export function outlook(artifact: Weighed, snapshot: Snapshot, priceMinor?: number): (score: number) => number {
  const ratio = ratioOf(artifact, snapshot, priceMinor)
  return ends(atPrice(centreOf(artifact, snapshot), artifact, ratio), snapshot)
}

/** The edges between which a share of the scores lies. */
export function edges(scores: readonly number[], band: number): { low: number; high: number } {
  return { low: quantile(scores, (1 - band) / 2), high: quantile(scores, (1 + band) / 2) }
}

/** The middle of the band, its edges, the chance that every seat goes, and what each factor does; `priceMinor` asks what another price would do. */
export function forecast(artifact: Omit<Artifact, "metrics">, snapshot: Snapshot, priceMinor?: number): Forecast {
  const end = outlook(artifact, snapshot, priceMinor)
  const { scores, band } = artifact
  const middle = quantile(scores, 0.5)
  const { low, high } = edges(scores, band)
  const expected = end(middle)
  const ratio = ratioOf(artifact, snapshot, priceMinor)
  const effects = FACTORS.map((factor) => {
    const other = atPrice(centreOf(artifact, snapshot, factor), artifact, factor === "price" ? 0 : ratio)
    return { factor, tickets: expected - ends(other, snapshot)(middle) }
  }).toSorted((one, other) => Math.abs(other.tickets) - Math.abs(one.tickets))
  return {
    expected,
    low: end(low),
    high: end(high),
    sellOutProbability: scores.filter((score) => end(score) >= snapshot.seats - 0.5).length / scores.length,
    effects,
  }
}
