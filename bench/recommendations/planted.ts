import { seeded } from "../../packages/client/src/testing/chaos.ts"
import type { Facts } from "../../packages/core/src/recommendation/facts.ts"

/** Deeds before a day, which are learned from, and what the same people went to after it. */
export interface Planted {
  facts: Facts
  /** Upcoming concerts that each person bought tickets for, after the day; unknown to who learns. */
  later: Map<string, Set<string>>
  now: number
}

interface Size {
  people: number
  artists: number
  /** Groups of artists that the same people like; 1 plants no taste at all. */
  tastes: number
  seed: number
}

const DAY = 86_400_000
const NOW = Date.UTC(2026, 5, 1)
const CONCERTS_OF_ARTIST = 2
const BEFORE = 8
const AFTER = 4
/** So many of ten deeds follow the taste, the rest what is popular. */
const FAITHFUL = 0.8

/** People with one taste of several, artists whose fame falls as in real life (1/rank), and a day that parts what is known from what is to be guessed. */
export function planted({ people, artists, tastes, seed }: Size): Planted {
  const random = seeded(seed)
  const ids = Array.from({ length: artists }, (_, n) => `a${n}`)
  const fame = ids.map((_, n) => 1 / (1 + Math.floor(n / tastes)))
  const draw = (of: readonly number[]): number => {
    let left = random() * of.reduce((sum, n) => sum + fame[n]!, 0)
    return of.find((n) => (left -= fame[n]!) < 0) ?? of.at(-1)!
  }
  const all = ids.map((_, n) => n)
  const groups = Array.from({ length: tastes }, (_, taste) => all.filter((n) => n % tastes === taste))
  const facts: Facts = { concerts: [], touches: [], owned: new Map(), artists: new Map(), truncated: false }
  for (const n of all) facts.artists.set(ids[n]!, { name: ids[n]!, genre: undefined })
  const later = new Map<string, Set<string>>()
  const sold = new Map<number, number>()
  for (let at = 0; at < people; at++) {
    const person = `p${at}`
    const group = groups[at % tastes]!
    const pick = () => draw(random() < FAITHFUL ? group : all)
    for (const n of new Set(Array.from({ length: BEFORE }, pick))) {
      sold.set(n, (sold.get(n) ?? 0) + 1)
      const touch = { person, artist: ids[n]!, city: "", at: NOW - random() * 300 * DAY }
      facts.touches.push({ ...touch, bought: 1, following: random() < 0.3, viewed: Math.floor(random() * 3) })
    }
    later.set(person, new Set(Array.from({ length: AFTER }, () => `${ids[pick()]}-${Math.floor(random() * CONCERTS_OF_ARTIST)}`)))
  }
  for (const n of all)
    for (let k = 0; k < CONCERTS_OF_ARTIST; k++)
      facts.concerts.push({
        concert_id: `${ids[n]}-${k}`,
        title: ids[n]!,
        concert_date: new Date(NOW + (10 + k) * DAY).toISOString().slice(0, 10),
        starts_at: NOW + (10 + k) * DAY,
        artist_id: ids[n]!,
        artist: ids[n]!,
        venue_id: `v${(n * CONCERTS_OF_ARTIST + k) % 97}`,
        venue: null,
        city: null,
        seats_left: 10,
        popularity: (sold.get(n) ?? 0) + random(),
      })
  return { facts, later, now: NOW }
}
