import type { EventInput } from "@backline/core/event"
import { ARTISTS } from "../artists.ts"
import { randomOf } from "../random.ts"
import { artistIdOf } from "../season.ts"
import type { Show } from "../show.ts"

const DAY = 86_400_000
const FANS = 120
const FOLLOWS = 5
const GENRES = [...new Set(ARTISTS.map(({ genre }) => genre))]

/** What a demo person likes: the first two are far from one another, so that their pages differ; the third is left a newcomer. */
const DEMO_GENRES = ["Jazz", "Electronic"] as const

/** Somebody of the season, with the genre planted as their taste. */
interface Fan {
  id: string
  genre: string
}

export const fansOf = (seed: string): Fan[] => {
  const random = randomOf(`${seed}/fans`)
  return Array.from({ length: FANS }, (_, n) => ({ id: `sim-fan-${n + 1}`, genre: random.pick(GENRES) }))
}

/** Demo people by their user ids, who have a taste as fans have. */
export const demoFans = (ids: readonly string[]): Fan[] =>
  DEMO_GENRES.flatMap((genre, n) => (ids[n] === undefined ? [] : [{ id: ids[n], genre }]))

interface Planting {
  seed: string
  /** The day of the season. */
  seasonAt: number
  shows: readonly Show[]
  demo: readonly string[]
}

/**
 * Follows and looks that say what fans and demo people like: nine of ten go to their genre. The same for a seed, a day and the same people, so sending them
 * again changes nothing.
 */
export function tasteEvents({ seed, seasonAt, shows, demo }: Planting): EventInput[] {
  const today = Math.floor(seasonAt / DAY) * DAY
  const events: EventInput[] = []
  for (const { id, genre } of [...fansOf(seed), ...demoFans(demo)]) {
    const random = randomOf(`${seed}/${today}/${id}`)
    const own = ARTISTS.filter((artist) => artist.genre === genre)
    const followed = new Set(Array.from({ length: FOLLOWS }, () => random.pick(random.chance(0.9) ? own : ARTISTS)))
    const key = `sim-taste-${today / DAY}-${id}`
    const at = (days: number) => Math.round(today - (1 + days * random.next()) * DAY)
    for (const [n, artist] of [...followed].entries())
      events.push({
        id: `${key}-f${n}`,
        type: "artist.followed",
        at: at(60),
        v: 1,
        data: { artistId: artistIdOf(artist), followerId: id, following: true },
      })
    const liked = shows.filter(({ artistId, cancelled }) => !cancelled && own.some((artist) => artistIdOf(artist) === artistId))
    for (let n = 0; n < 3 && liked.length > 0; n++)
      events.push({
        id: `${key}-v${n}`,
        type: "concert.viewed",
        at: at(10),
        v: 1,
        data: { concertId: random.pick(liked).concertId, viewerId: id, channel: "web" },
      })
  }
  return events
}
