import { type EventInput, versionOf } from "@backline/core/event"
import { slug } from "../import/text.ts"
import { createProducer, type Position } from "../import/producer.ts"
import { instantOf } from "../import/zones.ts"
import { ARTISTS, type Artist, CONDUCTORS, SOLOISTS, WORKS } from "./artists.ts"
import { HALLS } from "./halls.ts"
import { addHistory } from "./history.ts"
import { audienceOf, type Person, peopleOf } from "./people.ts"
import { localPrice } from "./prices.ts"
import { type Random, randomOf } from "./random.ts"
import type { Add, Show } from "./show.ts"

const DAY = 86_400_000
const CATEGORY = "Simulated season"
const CONCERTS = 400
const [FIRST_DAY, LAST_DAY] = [-90, 150]
/** On sale so many days before the concert, at least and at most. */
const [SHORTEST_SALE, LONGEST_SALE] = [45, 100]
const GENRES = [...new Set(ARTISTS.map(({ genre }) => genre))]
/** Of the people, so many follow artists, each one or two. */
const FOLLOWERS = 80

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

/** The whole season as it stood at 00:00 UTC of the day: the same seed and day give the same events, ids included. */
export function seasonFor({ seed, now }: { seed: string; now: number }): Season {
  const today = Math.floor(now / DAY) * DAY
  const prefix = `sim-${dayOf(today).replaceAll("-", "")}-${slug(seed) || "x"}`
  const random = randomOf(`${prefix}/season`)
  const recorded = today - (LONGEST_SALE - FIRST_DAY + 10) * DAY
  const events: EventInput[] = []
  const add = (type: EventInput["type"], id: string, at: number, data: object) =>
    events.push({ id: `${prefix}-${id}`, type, at: Math.round(at), v: versionOf(type), data } as EventInput)

  for (const [index, hall] of HALLS.entries()) {
    const [name, city, country, timeZone, capacity] = hall
    add("venue.upserted", `venue-${index + 1}`, recorded, { venueId: venueIdOf(hall), name, city, country, timeZone, capacity })
  }
  const fame = new Map(ARTISTS.map((artist) => [artist, 0.25 + 0.75 * random.next()]))
  for (const [index, artist] of ARTISTS.entries())
    add("artist.upserted", `artist-${index + 1}`, recorded, { artistId: artistIdOf(artist), ...artist })

  const people = peopleOf(random, HALLS, GENRES)
  addFollows(random, people, recorded, today, add)

  const shows: Show[] = []
  for (let number = 1; number <= CONCERTS; number++) {
    const [hall, artist] = [random.pick(HALLS), random.pick(ARTISTS)]
    const [hallName, , country, timeZone, capacity] = hall
    const date = dayOf(today + random.whole(FIRST_DAY, LAST_DAY) * DAY)
    const time = random.pick(["19:00", "19:30", "20:00", "20:00", "20:30"])
    const startsAt = instantOf(date, time, timeZone)
    const listed = Math.min(capacity, 24 + Math.round(60 * random.next()))
    const weekend = [5, 6].includes(new Date(`${date}T00:00Z`).getUTCDay()) ? 0.15 : 0
    const demand = Math.min(1, fame.get(artist)! * (0.7 + 0.5 * random.next()) + weekend)
    const { currency, priceCents } = localPrice(country, 28 + 95 * fame.get(artist)! * (0.7 + 0.6 * random.next()))
    const concertId = `${prefix}-c${number}`
    const concert = { concertId, venueId: venueIdOf(hall), artistId: artistIdOf(artist), title: `${artist.name} at ${hallName}` }
    const days = random.whole(SHORTEST_SALE, LONGEST_SALE)
    const listedAt = startsAt - days * DAY
    const plan = {
      date,
      time,
      timeZone,
      startsAt,
      season: seasonOf(date),
      category: CATEGORY,
      capacity: listed,
      priceCents,
      currency,
    }
    add("concert.upserted", `c${number}-concert`, Math.min(listedAt, today) - DAY, { ...concert, ...plan })
    add("ticket.listed", `c${number}-listed`, Math.min(listedAt, today), { concertId, quantity: listed, priceCents, currency })
    if (artist.genre === "Classical") addProgramme(random, concertId, number, Math.min(listedAt, today) - DAY, add)
    const show: Show = {
      concertId,
      artistId: artistIdOf(artist),
      startsAt,
      priceCents,
      priceNow: priceCents,
      currency,
      listed,
      wanted: Math.min(listed, Math.round(listed * (0.15 + 0.95 * demand))),
      sold: 0,
      days,
      demand,
      cancelled: random.chance(0.015),
      audience: audienceOf(people, artist, hall),
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

function addFollows(random: Random, people: readonly Person[], from: number, to: number, add: Add): void {
  for (const person of people.slice(0, FOLLOWERS)) {
    const liked = ARTISTS.filter(({ genre }) => person.likes.includes(genre))
    const followed = new Set([random.pick(liked), random.pick(liked)])
    for (const artist of followed)
      add("artist.followed", `f${slug(person.id)}-${slug(artist.name)}`.slice(0, 40), from + random.next() * (to - from), {
        artistId: artistIdOf(artist),
        followerId: person.id,
      })
  }
}

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
