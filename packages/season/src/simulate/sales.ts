import { type EventInput, versionOf } from "@backline/core/event"
import { createProducer } from "../import/producer.ts"
import { buyerOf, CHANNELS, look, orderSize } from "./history.ts"
import { someoneOf } from "./people.ts"
import { newPrice } from "./prices.ts"
import { type Random, randomOf } from "./random.ts"
import { DEFAULT_SEED, seasonFor } from "./season.ts"
import type { Show } from "./show.ts"

const DAY = 86_400_000
/** Events gather so long before they are sent together. */
const TICK_MS = 250

/** Draws shows by demand, more often the nearer they are. */
function chooser(shows: readonly Show[], now: number) {
  let sum = 0
  const ends = shows.map((show) => (sum += show.demand * (0.3 + Math.exp(-(show.startsAt - now) / (30 * DAY)))))
  return (random: Random): Show | undefined => {
    const drawn = random.next() * sum
    return shows[ends.findIndex((end) => drawn < end)]
  }
}

/** Of what happens, so much is somebody who only looks, and so much a box office that tries another price. */
const [LOOKS, PRICINGS] = [0.6, 0.01]

/** An endless seeded sequence of what happens before a concert: looks, sales, now and then a refund or another price. `run` keeps the ids of two runs apart. */
export function* salesOf({
  seed,
  now,
  seasonAt = now,
  run,
}: {
  seed: string
  now: number
  /** The season of this day is sold, where it is not today's. */
  seasonAt?: number
  run: string
}): Generator<Omit<EventInput, "at">> {
  const random = randomOf(`${seed}/sales`)
  const shows = seasonFor({ seed, now: seasonAt }).shows.filter(({ startsAt, cancelled }) => startsAt > now && !cancelled)
  const choose = chooser(shows, now)
  /** The latest order of each concert, which is the one that may come back. */
  const orders = new Map<string, { quantity: number }>()
  for (let number = 1; shows.length > 0; number++) {
    const show = choose(random)
    if (!show) continue
    const { concertId, currency } = show
    const id = `sim-${run}-${number}`
    const happened = (type: EventInput["type"], data: object) =>
      ({ id, type, v: versionOf(type), data }) as Omit<EventInput, "at">
    const kind = random.next()
    if (kind < PRICINGS) {
      show.priceNow = newPrice(random, show)
      yield happened("concert.priced", { concertId, priceCents: show.priceNow, currency })
      continue
    }
    const last = orders.get(concertId)
    if (last && random.chance(0.02)) {
      orders.delete(concertId)
      show.sold -= last.quantity
      yield happened("ticket.refunded", last)
      continue
    }
    const quantity = Math.min(orderSize(random), show.listed - show.sold)
    // Where nothing is left people still look.
    if (kind < PRICINGS + LOOKS || quantity < 1) {
      yield happened("concert.viewed", look(show, random, someoneOf(show.audience, random)))
      continue
    }
    const channel = random.pick(CHANNELS)
    const price = { priceCents: show.priceNow, currency }
    const order = { concertId, orderId: `${id}-o`, quantity, ...price, channel, ...buyerOf(show, random, channel) }
    orders.set(concertId, order)
    show.sold += quantity
    yield happened("ticket.sold", order)
  }
}

export interface Sales {
  http: string
  token?: string
  /** Asked before every request, for tokens that run out. */
  getToken?: (fresh?: boolean) => Promise<string>
  /** Events a second on average. */
  rate: number
  seed?: string
  signal?: AbortSignal
  /** Epoch milliseconds. */
  now?: () => number
  /** The season of this day is sold, where it is not today's. */
  seasonAt?: number
  onSold?: (accepted: number) => void
  /** What made a batch fail; selling goes on. */
  onError?: (error: unknown) => void
}

/**
 * Goes on selling tickets of the season through POST /events until the signal is aborted or `stop` is called; arrivals are Poisson.
 * Never rejects: a batch that could not be sent is reported and dropped, as a shop's lost customers are.
 */
export function startSales({
  http,
  token,
  getToken,
  rate,
  seed = DEFAULT_SEED,
  signal,
  now = Date.now,
  seasonAt,
  onSold,
  onError,
}: Sales): { stop(): Promise<void>; done: Promise<void> } {
  const own = new AbortController()
  const ended = signal ? AbortSignal.any([signal, own.signal]) : own.signal
  const random = randomOf(`${seed}/arrivals`)
  const target = { http, token: async (fresh?: boolean) => (getToken ? getToken(fresh) : (token ?? "")) }
  let sold = 0

  async function sell(): Promise<void> {
    const start = now()
    const sales = salesOf({ seed, now: start, seasonAt, run: start.toString(36) })
    let next = start + random.exponential(rate / 1000)
    while (!ended.aborted) {
      await wait(TICK_MS, ended)
      const producer = createProducer(target, { signal: ended, patienceMs: 10_000 })
      try {
        for (let sent = 0; next <= now() && sent < 5_000; sent++) {
          const { value, done } = sales.next()
          if (done) return
          await producer.push({ ...value, at: Math.round(next) } as EventInput)
          next += random.exponential(rate / 1000)
        }
        sold += (await producer.flush()).accepted
        onSold?.(sold)
      } catch (error) {
        if (!ended.aborted) onError?.(error)
        next = Math.max(next, now())
      }
    }
  }
  const done = sell().catch((error: unknown) => onError?.(error))
  return {
    done,
    stop: () => {
      own.abort()
      return done
    },
  }
}

/** A pause that does not keep the process alive and ends early when the signal does. */
const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener("abort", end, { once: true })
  })
