import { fold } from "../analytics/fold.ts"
import type { ConcertRow, Facts } from "./facts.ts"
import { DIMENSIONS, factorize, type Pair } from "./factors.ts"
import type { Concert, Known, Taste } from "./table.ts"
import { type Answer, type Touch, weightOf } from "./weights.ts"

/** What people said about what was recommended, by person and then by concert. */
export type Answers = ReadonlyMap<string, ReadonlyMap<string, Answer>>

export interface Model {
  /** Most popular first. */
  concerts: Concert[]
  tastes: Taste[]
  /** What the next training starts from, by artist. */
  factors: Map<string, number[]>
}

/** Rounds from nothing, and from the vectors of the training before. */
const ROUNDS = { cold: 12, warm: 4 }
/** An artist whom few know is placed among those of the genre, as if so many people more had liked them. */
const GENRE_PEOPLE = 4
/** Artists of a taste that are remembered with their vectors, as reasons. */
const MOST_KNOWN = 8
const MOST_OWNED = 200

/** Six digits are more than a vector index keeps of a number. */
const plain = (vector: ArrayLike<number>): number[] => Array.from(vector, (value) => Number(value.toPrecision(6)))

/** What one person did about one artist. */
interface Deeds {
  touches: Touch[]
  answers: Answer[]
}

function deedsOf({ touches, concerts }: Facts, answers: Answers): Map<string, Map<string, Deeds>> {
  const people = new Map<string, Map<string, Deeds>>()
  const deeds = (person: string, artist: string): Deeds => {
    const artists = people.get(person) ?? new Map<string, Deeds>()
    people.set(person, artists)
    const known = artists.get(artist) ?? { touches: [], answers: [] }
    artists.set(artist, known)
    return known
  }
  for (const touch of touches) deeds(touch.person, touch.artist).touches.push(touch)
  const artistOf = new Map(concerts.map(({ concert_id, artist_id }) => [concert_id, artist_id]))
  for (const [person, said] of answers)
    for (const [concert, answer] of said) {
      const artist = artistOf.get(concert)
      if (artist) deeds(person, artist).answers.push(answer)
    }
  return people
}

/** Vectors of artists, drawn towards the mean of their genre where few people know them; the mean itself where nobody does. */
function placed(artists: readonly string[], vectors: readonly Float64Array[], known: readonly number[], facts: Facts) {
  const sums = new Map<string, { sum: Float64Array; people: number }>()
  for (const [at, artist] of artists.entries()) {
    const genre = facts.artists.get(artist)?.genre
    if (!genre || known[at] === 0) continue
    const of = sums.get(genre) ?? { sum: new Float64Array(DIMENSIONS), people: 0 }
    sums.set(genre, of)
    of.people += known[at]!
    for (let n = 0; n < DIMENSIONS; n++) of.sum[n]! += known[at]! * vectors[at]![n]!
  }
  return artists.map((artist, at) => {
    const of = sums.get(facts.artists.get(artist)?.genre ?? "")
    const own = known[at]!
    if (!of) return own > 0 ? vectors[at]! : new Float64Array(DIMENSIONS)
    const share = own / (own + GENRE_PEOPLE)
    return vectors[at]!.map((value, n) => share * value + (1 - share) * (of.sum[n]! / of.people))
  })
}

/** Ranks from 1 within each city, most popular first. */
function cityRanks(rows: readonly ConcertRow[]): Map<string, number> {
  const seen = new Map<string, number>()
  const ranks = new Map<string, number>()
  for (const { concert_id, city } of rows) {
    const rank = (seen.get(city ?? "") ?? 0) + 1
    seen.set(city ?? "", rank)
    ranks.set(concert_id, rank)
  }
  return ranks
}

function concertsOf(rows: readonly ConcertRow[], vectorOf: (artist: string | null) => ArrayLike<number>): Concert[] {
  const byPopularity = rows.toSorted((a, b) => b.popularity - a.popularity || (a.concert_date < b.concert_date ? -1 : 1))
  const most = Math.max(1e-9, byPopularity[0]?.popularity ?? 0)
  const ranks = cityRanks(byPopularity)
  return byPopularity.map((row, at) => ({
    rank: at + 1,
    concertId: row.concert_id,
    title: row.title,
    date: row.concert_date,
    startsAt: row.starts_at,
    artistId: row.artist_id,
    artist: row.artist,
    venueId: row.venue_id,
    venue: row.venue,
    city: row.city,
    cityKey: fold(row.city ?? ""),
    cityRank: ranks.get(row.concert_id)!,
    isAvailable: row.seats_left > 0,
    popularity: Number((Math.max(0, row.popularity) / most).toPrecision(4)),
    vector: plain(vectorOf(row.artist_id)),
  }))
}

/** Where somebody mostly went to; empty where they never did. */
function homeOf(deeds: Iterable<Deeds>): string {
  const cities = new Map<string, number>()
  for (const { touches } of deeds)
    for (const { city, bought } of touches) if (city && bought > 0) cities.set(city, (cities.get(city) ?? 0) + bought)
  return [...cities].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? ""
}

const reasonOf = ({ touches }: Deeds): Known["because"] => {
  if (touches.some(({ following }) => following)) return "follow"
  return touches.some(({ bought }) => bought > 0) ? "bought" : "viewed"
}

/** Learns tastes from facts. Pure: the same facts, answers and start give the same model. `start` are the factors of the training before. */
export function fit(facts: Facts, answers: Answers, start: ReadonlyMap<string, readonly number[]>, now: number): Model {
  const people = deedsOf(facts, answers)
  const artists = [
    ...new Set([...facts.concerts.flatMap((row) => row.artist_id ?? []), ...facts.touches.map(({ artist }) => artist)]),
  ]
  const artistAt = new Map(artists.map((artist, at) => [artist, at]))
  const pairs: Pair[] = []
  const tasteful: string[] = []
  const known = artists.map(() => 0)
  for (const [person, deeds] of people) {
    const liked = [...deeds].flatMap(([artist, { touches, answers: said }]) => {
      const weight = weightOf(touches, said, now)
      return weight > 0 ? [{ person: tasteful.length, artist: artistAt.get(artist)!, weight }] : []
    })
    if (liked.length === 0) continue
    tasteful.push(person)
    for (const pair of liked) {
      pairs.push(pair)
      known[pair.artist]! += 1
    }
  }
  const factors = factorize(pairs, {
    people: tasteful.length,
    artists: artists.length,
    start: (at) => {
      const vector = start.get(artists[at]!)
      return vector && Float64Array.from(vector)
    },
    rounds: start.size > 0 ? ROUNDS.warm : ROUNDS.cold,
  })
  const vectors = placed(artists, factors.artists, known, facts)
  const vectorOf = (artist: string | null) => vectors[artistAt.get(artist ?? "") ?? -1] ?? new Float64Array(DIMENSIONS)
  const ofPerson: Pair[][] = tasteful.map(() => [])
  for (const pair of pairs) ofPerson[pair.person]!.push(pair)
  const tastes = tasteful.map((person, at): Taste => {
    const deeds = people.get(person)!
    const strongest = ofPerson[at]!.toSorted((a, b) => b.weight - a.weight).slice(0, MOST_KNOWN)
    return {
      person,
      vector: plain(factors.people[at]!),
      home: homeOf(deeds.values()),
      known: strongest.map(({ artist: index }) => {
        const artist = artists[index]!
        const because = reasonOf(deeds.get(artist)!)
        return { artistId: artist, artist: facts.artists.get(artist)?.name ?? artist, because, vector: plain(vectors[index]!) }
      }),
      owned: (facts.owned.get(person) ?? []).slice(0, MOST_OWNED),
    }
  })
  return {
    concerts: concertsOf(facts.concerts, vectorOf),
    tastes,
    factors: new Map(artists.flatMap((artist, at) => (known[at]! > 0 ? [[artist, plain(factors.artists[at]!)]] : []))),
  }
}
