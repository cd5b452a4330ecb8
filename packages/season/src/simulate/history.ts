import { someoneOf } from "./people.ts"
import { priceAt, pricesOf } from "./prices.ts"
import type { Random } from "./random.ts"
import type { Add, Show } from "./show.ts"

const DAY = 86_400_000
const HOUR = 3_600_000
export const CHANNELS = ["web", "web", "web", "app", "app", "box office", "partner"] as const
/** Looks that were noted, of all there would have been: enough to see them rise, few enough to load at every start. */
const LOOKS_PER_ORDER = 0.22

/** Mostly pairs, sometimes families, rarely a group. */
export const orderSize = (random: Random): number =>
  random.chance(0.03) ? random.whole(8, 20) : random.pick([1, 2, 2, 2, 2, 3, 4, 4, 5])

/** How a concert sells over its weeks: fans come at once, the famous sell early, the others to those who decide late. */
function curveOf(random: Random, demand: number): { rush: number; late: number } {
  const rush = 0.1 + 0.35 * demand * (0.6 + 0.8 * random.next())
  return { rush, late: (1 - rush) * (0.35 + 0.3 * random.next()) }
}

/** When an order comes, in days before the concert. */
function leadOf(random: Random, days: number, { rush, late }: { rush: number; late: number }): number {
  const kind = random.next()
  if (kind < rush) return Math.max(0, days - random.exponential(1 / (days / 16)))
  if (kind < rush + late) return Math.min(days, random.exponential(1 / (days / 7)))
  return random.next() * days
}

/** At the box office nobody asks for a name. */
export const buyerOf = (show: Show, random: Random, channel: string): { buyerId?: string } =>
  channel === "box office" ? {} : { buyerId: someoneOf(show.audience, random) }

/** Prices, looks, sales up to today in the order in which they came, then a few refunds and, for what is over, the people at the door. */
export function addHistory(random: Random, show: Show, number: number, today: number, add: Add): void {
  const { concertId, currency, startsAt, days } = show
  const listedAt = Math.min(startsAt - days * DAY, today)
  const prices = pricesOf(random, show, listedAt).filter(({ at }) => at <= today)
  show.priceNow = priceAt(prices, today)
  for (const [index, { at, priceCents }] of prices.entries())
    add("concert.priced", `c${number}-p${index + 1}`, at, { concertId, priceCents, currency })
  const curve = curveOf(random, show.demand)
  const orders: { at: number; quantity: number }[] = []
  for (let left = show.wanted; left > 0;) {
    const quantity = Math.min(left, orderSize(random))
    left -= quantity
    orders.push({ quantity, at: Math.max(listedAt + 60_000, startsAt - leadOf(random, days, curve) * DAY - HOUR) })
  }
  orders.sort((a, b) => a.at - b.at)
  let came = 0
  for (const [index, { at, quantity }] of orders.entries()) {
    if (at >= today) break
    const channel = random.pick(CHANNELS)
    const buyer = buyerOf(show, random, channel)
    if (random.chance(LOOKS_PER_ORDER))
      add("concert.viewed", `c${number}-v${index + 1}`, at - random.whole(60_000, HOUR), look(show, random, buyer.buyerId))
    const order = {
      concertId,
      orderId: `${concertId}-o${index + 1}`,
      quantity,
      priceCents: priceAt(prices, at),
      currency,
      channel,
      ...buyer,
    }
    add("ticket.sold", `c${number}-o${index + 1}`, at, order)
    show.sold += quantity
    if (random.chance(0.02) && at + 2 * DAY < today) {
      add("ticket.refunded", `c${number}-r${index + 1}`, at + 2 * DAY, order)
      show.sold -= quantity
    } else came += quantity
  }
  const scanned = Math.floor(came * (0.88 + 0.1 * random.next()))
  if (startsAt < today && !show.cancelled && scanned > 0)
    add("ticket.scanned", `c${number}-door`, startsAt - 1_800_000, { concertId, quantity: scanned, gate: "Main" })
}

/** Who looks buys or only dreams; half are not signed in. */
export function look({ concertId, audience }: Show, random: Random, buyerId?: string) {
  const viewerId = random.chance(0.5) ? (random.chance(0.5) ? buyerId : someoneOf(audience, random)) : undefined
  return { concertId, channel: random.chance(0.6) ? "web" : "app", ...(viewerId === undefined ? {} : { viewerId }) }
}
