import type { EventInput } from "@backline/core/event"
import { slug } from "../import/text.ts"
import { createProducer, type Position } from "../import/producer.ts"
import { instantOf } from "../import/zones.ts"
import { ARTISTS, type Artist, CONDUCTORS, SOLOISTS, WORKS } from "./artists.ts"
import { HALLS } from "./halls.ts"
import { type Random, randomOf } from "./random.ts"

const DAY = 86_400_000
/** One currency for the whole tour: revenue of halls is compared, and cents of several currencies must not be added up. */
const currency = "USD"
const CATEGORY = "Simulated season"
const CONCERTS = 400
const [FIRST_DAY, LAST_DAY] = [-90, 150]
/** On sale so many days before the concert at most. */
const ON_SALE_DAYS = 100
export const CHANNELS = ["web", "web", "web", "app", "app", "box office", "partner"] as const

/** A concert of the season, with what a seller needs to know. */
export interface Show {
  concertId: string
  artistId: string
  startsAt: number
  priceCents: number
  currency: string
  capacity: number
  /** Tickets that this box office may sell: an allotment, not the house. */
  listed: number
  sold: number
  /** From 0 (nobody comes) to 1 (sold out early). */
  demand: number
  cancelled: boolean
}

export interface Season {
  events: EventInput[]
  shows: Show[]
}

const dayOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10)
const seasonOf = (date: string): string => {
  const year = Number(date.slice(0, 4)) - (date.slice(5) < "08-01" ? 1 : 0)
  return `Simulated ${year}-${String((year + 1) % 100).padStart(2, "0")}`
}

const venueIdOf = (hall: (typeof HALLS)[number]): string => `sim-venue-${slug(`${hall[0]} ${hall[1]}`)}`
export const artistIdOf = (artist: Artist): string => `sim-artist-${slug(artist.name)}`

/** When an order comes, in days before the concert: a rush at the start of sales, a quiet middle, a rush at the end. */
function leadOf(random: Random): number {
  const kind = random.next()
  if (kind < 0.25) return Math.max(0, ON_SALE_DAYS - random.exponential(1 / 5))
  if (kind < 0.6) return random.next() * ON_SALE_DAYS
  return Math.min(ON_SALE_DAYS, random.exponential(1 / 12))
}

/** Mostly pairs, sometimes families, rarely a group. */
export const orderSize = (random: Random): number =>
  random.chance(0.03) ? random.whole(8, 20) : random.pick([1, 2, 2, 2, 2, 3, 4, 4, 5])

/** The whole season as it stood at 00:00 UTC of the day: the same seed and day give the same events, ids included. */
export function seasonFor({ seed, now }: { seed: string; now: number }): Season {
  const today = Math.floor(now / DAY) * DAY
  const prefix = `sim-${dayOf(today).replaceAll("-", "")}-${slug(seed) || "x"}`
  const random = randomOf(`${prefix}/season`)
  const recorded = today - (ON_SALE_DAYS - FIRST_DAY + 10) * DAY
  const events: EventInput[] = []
  const add = (type: EventInput["type"], id: string, at: number, data: object) =>
    events.push({ id: `${prefix}-${id}`, type, at: Math.round(at), v: 1, data } as EventInput)

  for (const [index, hall] of HALLS.entries()) {
    const [name, city, country, timeZone, capacity] = hall
    add("venue.upserted", `venue-${index + 1}`, recorded, { venueId: venueIdOf(hall), name, city, country, timeZone, capacity })
  }
  const fame = new Map(ARTISTS.map((artist) => [artist, 0.25 + 0.75 * random.next()]))
  for (const [index, artist] of ARTISTS.entries())
    add("artist.upserted", `artist-${index + 1}`, recorded, { artistId: artistIdOf(artist), ...artist })

  const shows: Show[] = []
  for (let number = 1; number <= CONCERTS; number++) {
    const [hall, artist] = [random.pick(HALLS), random.pick(ARTISTS)]
    const [hallName, , , timeZone, capacity] = hall
    const date = dayOf(today + random.whole(FIRST_DAY, LAST_DAY) * DAY)
    const time = random.pick(["19:00", "19:30", "20:00", "20:00", "20:30"])
    const startsAt = instantOf(date, time, timeZone)
    const listed = Math.min(capacity, 24 + Math.round(60 * random.next()))
    const weekend = [5, 6].includes(new Date(`${date}T00:00Z`).getUTCDay()) ? 0.15 : 0
    const demand = Math.min(1, fame.get(artist)! * (0.7 + 0.5 * random.next()) + weekend)
    const priceCents = Math.round(28 + 95 * fame.get(artist)! * (0.7 + 0.6 * random.next())) * 100
    const concertId = `${prefix}-c${number}`
    const concert = { concertId, venueId: venueIdOf(hall), artistId: artistIdOf(artist), title: `${artist.name} at ${hallName}` }
    const listedAt = startsAt - ON_SALE_DAYS * DAY
    const plan = { date, time, timeZone, startsAt, season: seasonOf(date), category: CATEGORY, capacity, priceCents, currency }
    add("concert.upserted", `c${number}-concert`, Math.min(listedAt, today) - DAY, { ...concert, ...plan })
    add("ticket.listed", `c${number}-listed`, Math.min(listedAt, today), { concertId, quantity: listed, priceCents, currency })
    if (artist.genre === "Classical") addProgramme(random, concertId, number, Math.min(listedAt, today) - DAY, add)
    const show: Show = {
      concertId,
      artistId: artistIdOf(artist),
      startsAt,
      priceCents,
      currency,
      capacity,
      listed,
      sold: 0,
      demand,
      cancelled: random.chance(0.015),
    }
    addHistory(random, show, number, today, add)
    if (show.cancelled)
      add("concert.cancelled", `c${number}-cancelled`, Math.min(today, startsAt) - DAY, {
        concertId,
        reason: "Simulated: illness",
      })
    shows.push(show)
  }
  return { events, shows }
}

type Add = (type: EventInput["type"], id: string, at: number, data: object) => void

function addProgramme(random: Random, concertId: string, number: number, at: number, add: Add): void {
  const conductor = random.pick(CONDUCTORS)
  const works = new Set(Array.from({ length: 3 }, () => random.pick(WORKS)))
  let position = 0
  for (const [composer, title, instrument] of works) {
    const soloists = SOLOISTS.filter(([, plays]) => plays === instrument)
      .slice(0, 1)
      .map(([name, plays]) => ({ name, instrument: plays }))
    position++
    add("work.performed", `c${number}-w${position}`, at, {
      concertId,
      position,
      workId: `sim-work-${WORKS.findIndex(([, known]) => known === title) + 1}`,
      composer,
      title,
      conductor,
      soloists,
    })
  }
}

/** Sales up to today, in the order in which they came, then a few refunds and, for what is over, the people at the door. */
function addHistory(random: Random, show: Show, number: number, today: number, add: Add): void {
  const { concertId, priceCents, currency, startsAt } = show
  const wanted = Math.round(show.listed * (0.15 + 0.95 * show.demand))
  const orders: { at: number; quantity: number }[] = []
  for (let left = Math.min(wanted, show.listed); left > 0;) {
    const quantity = Math.min(left, orderSize(random))
    left -= quantity
    orders.push({ quantity, at: startsAt - leadOf(random) * DAY - 3_600_000 })
  }
  orders.sort((a, b) => a.at - b.at)
  let came = 0
  for (const [index, { at, quantity }] of orders.entries()) {
    if (at >= today) break
    const channel = random.pick(CHANNELS)
    const orderId = `${concertId}-o${index + 1}`
    add("ticket.sold", `c${number}-o${index + 1}`, at, { concertId, orderId, quantity, priceCents, currency, channel })
    show.sold += quantity
    if (random.chance(0.02) && at + 2 * DAY < today) {
      add("ticket.refunded", `c${number}-r${index + 1}`, at + 2 * DAY, {
        concertId,
        orderId,
        quantity,
        priceCents,
        currency,
        channel,
      })
      show.sold -= quantity
    } else came += quantity
  }
  const scanned = Math.floor(came * (0.88 + 0.1 * random.next()))
  if (startsAt < today && !show.cancelled && scanned > 0)
    add("ticket.scanned", `c${number}-door`, startsAt - 1_800_000, { concertId, quantity: scanned, gate: "Main" })
}

interface Load {
  http: string
  token: string | (() => Promise<string>)
  /** Epoch milliseconds; the season is the one of its UTC day. */
  now: number
  seed?: string
  signal?: AbortSignal
  onProgress?: (accepted: number, all: number) => void
}

export const DEFAULT_SEED = "backline"

/** Sends the sample season through POST /events. Resolves when the streams have it; the warehouse follows. Safe to repeat. */
export async function loadSeason({
  http,
  token,
  now,
  seed = DEFAULT_SEED,
  signal,
  onProgress,
}: Load): Promise<Season & { accepted: number; rejected: number; positions: Position[] }> {
  const season = seasonFor({ seed, now })
  const target = { http, token: async () => (typeof token === "string" ? token : token()) }
  const producer = createProducer(target, { signal, onAccepted: ({ accepted }) => onProgress?.(accepted, season.events.length) })
  for (const event of season.events) await producer.push(event)
  const { accepted, rejected, positions } = await producer.flush()
  return {
    ...season,
    accepted,
    rejected: [...rejected.values()].reduce((sum, { count }) => sum + count, 0),
    positions: [...positions.values()],
  }
}
