import * as z from "zod"
import { now } from "../clock.ts"
import { AppError } from "../error.ts"
import { Id, Instant, PriceCents } from "../event/fields.ts"
import { fn } from "../fn.ts"
import { described, standing } from "./concert.ts"
import type { Forecast } from "./forecast.ts"
import { model } from "./model.ts"
import type { ModelInfo } from "./port.ts"
import type { Factor, Snapshot } from "./snapshot.ts"

/** One of the strongest reasons, with its size. */
export interface Reason {
  factor: Factor
  /** What it adds to what is expected, or takes from it. */
  tickets: number
  text: string
}

export interface Prediction {
  /** Tickets sold in the end: the middle of what may come. */
  expected: number
  /** Between these two it ends as often as `coverage` says. */
  low: number
  high: number
  coverage: number
  /** Chance that every seat on sale goes. */
  sellOutProbability: number
  /** The three strongest. */
  reasons: Reason[]
  /** Sold so far, and the seats on sale. */
  sold: number
  seats: number
  /** What a ticket costs in this prediction, in minor units of the currency; null where it is not known. */
  priceCents: number | null
  /** What it costs now; the difference is the question. */
  currentPriceCents: number | null
  currency: string | null
  /** Past concerts that are known; with none the band is wider. */
  history: { artist: number; venue: number }
  model: Omit<ModelInfo, "coverage">
  /** Of the last load, epoch milliseconds. */
  asOf: number
}

const WORDS: Record<Factor, string> = {
  seats: "The seats on sale",
  venue: "What this venue usually sells",
  artist: "What this artist usually sells",
  price: "The price, against what is usual for the artist",
  weekday: "The day of the week",
  season: "The time of the year",
  sales: "Sales so far, and their pace",
  views: "Views of the concert's page",
}

function reasonsOf(effects: Forecast["effects"]): Reason[] {
  return effects.slice(0, 3).map(({ factor, tickets: exact }) => {
    const tickets = Math.round(exact) + 0
    const size = tickets === 0 ? "changes nothing" : `${tickets > 0 ? "+" : "−"}${Math.abs(tickets)} tickets`
    return { factor, tickets, text: `${WORDS[factor]}: ${size}` }
  })
}

/** What is sold is sold, nothing is sold beyond the seats, and the edges lie on their sides: whatever a model says. */
export function bounded(
  { expected, low, high }: Forecast,
  { sold, seats }: Snapshot,
): Pick<Prediction, "expected" | "low" | "high"> {
  const within = (value: number) => Math.round(Math.min(Math.max(sold, seats), Math.max(sold, value)))
  const middle = within(expected)
  return { expected: middle, low: Math.min(middle, within(low)), high: Math.max(middle, within(high)) }
}

const Input = z.strictObject({
  concertId: Id.optional(),
  artistId: Id.optional(),
  venueId: Id.optional(),
  startsAt: Instant.optional(),
  priceCents: PriceCents.optional(),
})

const unclear = (path: string): AppError =>
  new AppError(
    "input",
    "input.concert",
    "Name a concert (concertId, and priceCents to ask about another price), or describe one: artistId, venueId, startsAt and priceCents.",
    { details: [{ path, message: "is missing, or does not go with the other fields" }] },
  )

function subjectOf({ concertId, artistId, venueId, startsAt, priceCents }: z.output<typeof Input>) {
  if (concertId !== undefined) {
    if ((artistId ?? venueId ?? startsAt) !== undefined) throw unclear("concertId")
    return standing(concertId)
  }
  if (artistId === undefined) throw unclear("artistId")
  if (venueId === undefined) throw unclear("venueId")
  if (startsAt === undefined) throw unclear("startsAt")
  if (priceCents === undefined) throw unclear("priceCents")
  return described({ artistId, venueId, startsAt })
}

/**
 * What a coming concert will sell in the end, and why; of a concert that is in the warehouse, or of one that is described. Throws `missing.concert`,
 * `missing.venue`, `input.concert_over`, `input.capacity`, `unavailable.model_not_trained`.
 */
export const predict = fn(
  () => Input,
  async (input): Promise<Prediction> => {
    const { snapshot, loadedAt } = await subjectOf(input)
    const { forecast, model: info } = await model().predict(snapshot, input.priceCents)
    const { coverage, ...told } = info
    return {
      ...bounded(forecast, snapshot),
      coverage,
      sellOutProbability: Math.round(forecast.sellOutProbability * 1_000) / 1_000,
      reasons: reasonsOf(forecast.effects),
      sold: snapshot.sold,
      seats: snapshot.seats,
      priceCents: input.priceCents ?? snapshot.priceMinor,
      currentPriceCents: snapshot.priceMinor,
      currency: snapshot.currency,
      history: { artist: snapshot.artist.concerts, venue: snapshot.venue.concerts },
      model: told,
      asOf: loadedAt ?? now(),
    }
  },
)
