import type { Artist } from "./artists.ts"
import type { HALLS } from "./halls.ts"
import type { Random } from "./random.ts"

type Hall = (typeof HALLS)[number]

/** Somebody invented who buys, looks and follows. `sim-person-017` is the same one in every event; tastes are what a recommender may find. */
export interface Person {
  id: string
  /** Genres, the dearest first. */
  likes: readonly string[]
  country: string
  city: string
}

const PEOPLE = 300

export function peopleOf(random: Random, halls: readonly Hall[], genres: readonly string[]): Person[] {
  return Array.from({ length: PEOPLE }, (_, index) => {
    const [, city, country] = random.pick(halls)
    const likes = [...new Set([random.pick(genres), random.pick(genres), random.pick(genres)])]
    return { id: `sim-person-${String(index + 1).padStart(3, "0")}`, likes, country, city }
  })
}

/** How much somebody wants to be there, from 0 to 1: taste first, then the way. */
function pull({ likes, country, city }: Person, artist: Artist, hall: Hall): number {
  const taste = [1, 0.5, 0.3][likes.indexOf(artist.genre)] ?? 0.03
  const way = hall[1] === city ? 1 : hall[2] === country ? 0.45 : 0.06
  return taste * way
}

/** Who may come to one concert: people with the running sum of how much they want to. */
export interface Audience {
  ids: readonly string[]
  ends: readonly number[]
}

export function audienceOf(people: readonly Person[], artist: Artist, hall: Hall): Audience {
  let sum = 0
  return { ids: people.map(({ id }) => id), ends: people.map((person) => (sum += pull(person, artist, hall))) }
}

/** Draws somebody, those who want it most most often. */
export function someoneOf({ ids, ends }: Audience, random: Random): string {
  const drawn = random.next() * ends.at(-1)!
  return ids[ends.findIndex((end) => drawn < end)]!
}
