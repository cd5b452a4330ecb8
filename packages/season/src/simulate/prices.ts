import { minorDigits } from "@backline/client/money"
import type { Random } from "./random.ts"
import type { Show } from "./show.ts"

const DAY = 86_400_000

/** What one US dollar is worth, roughly, and the step in which prices are set there, in whole units. */
const MONEY: Record<string, readonly [currency: string, worth: number, step: number]> = {
  USA: ["USD", 1, 1],
  Canada: ["CAD", 1.35, 1],
  "United Kingdom": ["GBP", 0.8, 1],
  Switzerland: ["CHF", 0.9, 1],
  Iceland: ["ISK", 140, 100],
  Denmark: ["DKK", 7, 5],
  Japan: ["JPY", 150, 100],
  Australia: ["AUD", 1.5, 1],
}
const EURO = ["EUR", 0.9, 1] as const

/** Tickets cost what is usual where the hall stands: minor units as ISO 4217 has them, so 9,500 yen are 9500. */
export function localPrice(country: string, dollars: number): { currency: string; priceCents: number } {
  const [currency, worth, step] = MONEY[country] ?? EURO
  return { currency, priceCents: Math.round((dollars * worth) / step) * step * 10 ** minorDigits(currency) }
}

/** From `at` on a ticket costs so much. */
export interface Price {
  at: number
  priceCents: number
}

const changed = (priceCents: number, share: number, currency: string): number => {
  const unit = 10 ** minorDigits(currency)
  return Math.max(unit, Math.round((priceCents * share) / unit) * unit)
}

/** The first price, the end of an early bird's, and in the last weeks more where it sells well or less where it does not. */
export function pricesOf(random: Random, show: Show, listedAt: number): Price[] {
  const { priceCents, currency, startsAt, demand } = show
  const prices: Price[] = [{ at: listedAt, priceCents }]
  const span = startsAt - listedAt
  if (random.chance(0.35)) prices.push({ at: listedAt + span * 0.3, priceCents: changed(priceCents, 1.15, currency) })
  const late = random.chance(0.3) ? (demand > 0.75 ? 1.25 : demand < 0.5 ? 0.8 : undefined) : undefined
  if (late !== undefined)
    prices.push({ at: startsAt - random.whole(7, 16) * DAY, priceCents: changed(priceCents, late, currency) })
  return prices
}

export const priceAt = (prices: readonly Price[], at: number): number =>
  (prices.findLast((price) => price.at <= at) ?? prices[0]!).priceCents

/** A price somewhere around the first one, as a box office that tries things would set it. */
export const newPrice = (random: Random, { priceCents, currency }: Show): number =>
  changed(priceCents, random.pick([0.8, 0.9, 1, 1.1, 1.25]), currency)
