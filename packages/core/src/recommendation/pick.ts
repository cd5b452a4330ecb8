import { cosine } from "./factors.ts"
import type { Concert, Known, Taste } from "./table.ts"

interface Reason {
  kind: "follow" | "bought" | "viewed" | "similar" | "city" | "popular"
  /** For people. */
  text: string
  /** The artist that it is about. */
  artistId?: string
}

export interface Candidate {
  concert: Concert
  /** How well it fits, greater is better. */
  score: number
  strategy: "personal" | "popular"
}

/** No artist is in an answer more often, nor a hall where there are others. */
const MOST_OF_ARTIST = 2
const MOST_OF_VENUE = 3
/** What another concert of the same artist is worth beside the first. */
const AGAIN = 0.8
/** The most popular of a city so far down are called so. */
const CITY_PLACES = 3
/** Artists this near to one that somebody likes are named as the reason. */
const LEAST_ALIKE = 0.3

const KNOWN: Record<Known["because"], (artist: string) => string> = {
  follow: (artist) => `You follow ${artist}`,
  bought: (artist) => `You bought tickets for ${artist}`,
  viewed: (artist) => `You looked at ${artist}`,
}
const ALIKE: Record<Known["because"], (artist: string) => string> = {
  follow: (artist) => `Because you follow ${artist}`,
  bought: (artist) => `Because you bought tickets for ${artist}`,
  viewed: (artist) => `Because you looked at ${artist}`,
}

function tasteReason({ artistId, vector }: Concert, { known }: Taste): Reason | undefined {
  const own = known.find((each) => each.artistId === artistId)
  if (own) return { kind: own.because, text: KNOWN[own.because](own.artist), artistId: own.artistId }
  const [nearest] = known.map((each) => ({ each, alike: cosine(each.vector, vector) })).toSorted((a, b) => b.alike - a.alike)
  if (!nearest || nearest.alike < LEAST_ALIKE) return undefined
  const { artistId: other, artist, because } = nearest.each
  return { kind: "similar", text: ALIKE[because](artist), artistId: other }
}

/** Why this is recommended, the weightiest reason first; there is always one. */
export function reasonsOf({ concert, strategy }: Candidate, taste: Taste | undefined, city: string | undefined): Reason[] {
  const own = strategy === "personal" && taste ? tasteReason(concert, taste) : undefined
  const isNear = concert.cityKey !== "" && [taste?.home, city].includes(concert.cityKey)
  const local: Reason[] = isNear && concert.cityRank <= CITY_PLACES ? [{ kind: "city", text: `Popular in ${concert.city}` }] : []
  const reasons = [...(own ? [own] : []), ...local]
  if (reasons.length > 0) return reasons
  return strategy === "personal"
    ? [{ kind: "similar", text: "Fits what you like" }]
    : [{ kind: "popular", text: "Many are buying tickets right now" }]
}

/** Another concert of the same artist moves down a little, but never below what is found in another way. */
function mixed(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Map<string, number>()
  const worth = candidates.map((candidate) => {
    const { artistId, concertId } = candidate.concert
    const before = seen.get(artistId ?? concertId) ?? 0
    seen.set(artistId ?? concertId, before + 1)
    return { candidate, isPersonal: candidate.strategy === "personal", score: candidate.score * AGAIN ** before }
  })
  const order = worth.toSorted((a, b) => Number(b.isPersonal) - Number(a.isPersonal) || b.score - a.score)
  return order.map(({ candidate }) => candidate)
}

/** Best first, with no more of one artist or hall than is good. Halls are let in again where the list would be shorter for it. */
export function diverse(candidates: readonly Candidate[], limit: number): Candidate[] {
  const picked: Candidate[] = []
  const passed: Candidate[] = []
  const seen = new Set<string>()
  const artists = new Map<string, number>()
  const venues = new Map<string, number>()
  const take = (candidate: Candidate, mostOfVenue: number): boolean => {
    const { concertId, artistId, venueId } = candidate.concert
    const artist = artistId ?? concertId
    if (seen.has(concertId) || (artists.get(artist) ?? 0) >= MOST_OF_ARTIST) return true
    if ((venues.get(venueId) ?? 0) >= mostOfVenue) return false
    seen.add(concertId)
    artists.set(artist, (artists.get(artist) ?? 0) + 1)
    venues.set(venueId, (venues.get(venueId) ?? 0) + 1)
    picked.push(candidate)
    return true
  }
  for (const candidate of mixed(candidates)) {
    if (picked.length === limit) return picked
    if (!take(candidate, MOST_OF_VENUE)) passed.push(candidate)
  }
  for (const candidate of passed) if (picked.length < limit) take(candidate, Number.POSITIVE_INFINITY)
  return picked
}
