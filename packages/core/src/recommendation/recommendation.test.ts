import fc from "fast-check"
import { expect, it } from "vitest"
import { DIMENSIONS, dot, factorize } from "./factors.ts"
import { type Candidate, diverse, reasonsOf } from "./pick.ts"
import type { Concert, Taste } from "./table.ts"
import { type Touch, weightOf } from "./weights.ts"

const NOW = Date.UTC(2026, 0, 1)
const YEAR = 365 * 86_400_000
const touch = (more: Partial<Touch>): Touch => ({
  person: "p",
  artist: "a",
  city: "",
  bought: 0,
  following: false,
  viewed: 0,
  at: NOW,
  ...more,
})
const weigh = (more: Partial<Touch>, ...said: Parameters<typeof weightOf>[1]) => weightOf([touch(more)], said, NOW)

it("an order says more than following, following more than a look, and what is old less than what is new", () => {
  expect(weigh({ bought: 1 })).toBeGreaterThan(weigh({ following: true }))
  expect(weigh({ following: true })).toBeGreaterThan(weigh({ viewed: 50 }))
  expect(weigh({ bought: 1, at: NOW - YEAR })).toBeCloseTo(weigh({ bought: 1 }) / 2)
  expect(weigh({ following: true, at: NOW - 9 * YEAR })).toBe(weigh({ following: true }))
  expect(weigh({ bought: -1 })).toBe(0)
  expect(weigh({ viewed: 1 }, "dismissed")).toBeLessThan(0)
  expect(weigh({ viewed: 1 }, "clicked")).toBeGreaterThan(weigh({ viewed: 1 }, "shown"))
})

it("factors tell what two groups like, the same each time, and from where the last ones were too", () => {
  const pairs = Array.from({ length: 20 }, (_, person) =>
    [0, 1, 2].map((k) => ({ person, artist: (person % 2) * 4 + ((person + k) % 4), weight: 3 })),
  ).flat()
  const learn = (start?: Float64Array[]) =>
    factorize(pairs, { people: 20, artists: 8, start: (at) => start?.[at], rounds: start ? 3 : 10 })
  const cold = learn()
  expect(learn()).toEqual(cold)
  for (const { people, artists } of [cold, learn(cold.artists)])
    for (const [person, vector] of people.entries()) {
      const scores = artists.map((artist) => dot(vector, artist))
      const of = (group: number) => scores.slice(group * 4, group * 4 + 4)
      expect(Math.min(...of(person % 2))).toBeGreaterThan(Math.max(...of(1 - (person % 2))))
    }
})

it("factors are numbers whatever is liked, and nothing at all is liked by nobody", () => {
  const pair = fc.record({ person: fc.nat(4), artist: fc.nat(4), weight: fc.double({ min: 0.01, max: 50, noNaN: true }) })
  const property = fc.property(fc.array(pair, { maxLength: 20 }), (pairs) => {
    const { people, artists } = factorize(pairs, { people: 5, artists: 5, start: () => undefined, rounds: 3 })
    for (const vector of [...people, ...artists]) {
      expect(vector).toHaveLength(DIMENSIONS)
      expect(vector.every(Number.isFinite)).toBe(true)
    }
  })
  fc.assert(property, { numRuns: 50 })
})

const concert = (concertId: string, artistId: string | null, venueId: string, more: Partial<Concert> = {}): Concert => ({
  rank: 1,
  concertId,
  title: concertId,
  date: "2026-02-01",
  startsAt: null,
  artistId,
  artist: artistId,
  venueId,
  venue: venueId,
  city: "Basel",
  cityKey: "basel",
  cityRank: 9,
  isAvailable: true,
  popularity: 0,
  vector: [1, 0],
  ...more,
})
const candidate = (score: number, of: Concert, strategy: Candidate["strategy"] = "personal"): Candidate => ({
  concert: of,
  score,
  strategy,
})

it("no artist is listed more than twice, no hall more than three times where there are others, and nothing twice", () => {
  const letter = fc.constantFrom("a", "b", "c", "d", "e")
  const one = fc.record({ id: fc.nat(60), artist: letter, venue: letter, score: fc.double({ min: 0, max: 1, noNaN: true }) })
  const property = fc.property(fc.array(one, { maxLength: 60 }), fc.integer({ min: 1, max: 50 }), (all, limit) => {
    const picked = diverse(
      all.map(({ id, artist, venue, score }) => candidate(score, concert(`c${id}`, artist, venue))),
      limit,
    )
    expect(picked.length).toBeLessThanOrEqual(limit)
    expect(new Set(picked.map((each) => each.concert.concertId)).size).toBe(picked.length)
    for (const artist of "abcde") expect(picked.filter((each) => each.concert.artistId === artist).length).toBeLessThanOrEqual(2)
  })
  fc.assert(property, { numRuns: 100 })
  const halls = [...Array(5).keys()].map((n) => candidate(1 - n / 10, concert(`x${n}`, `x${n}`, "one")))
  const [other] = [candidate(0.1, concert("y", "y", "two"))]
  expect(diverse([...halls, other!], 4).map((each) => each.concert.concertId)).toEqual(["x0", "x1", "x2", "y"])
  expect(diverse(halls, 5)).toHaveLength(5)
})

it("another concert of the same artist comes after what fits nearly as well, and what is popular after what is personal", () => {
  const list = [
    candidate(0.9, concert("a1", "a", "v1")),
    candidate(0.89, concert("a2", "a", "v2")),
    candidate(0.8, concert("b1", "b", "v3")),
    candidate(1, concert("p", "p", "v4"), "popular"),
  ]
  expect(diverse(list, 4).map((each) => each.concert.concertId)).toEqual(["a1", "b1", "a2", "p"])
})

it("there is a reason for everything, and the one that is true", () => {
  const known: Taste["known"] = [
    { artistId: "a", artist: "A", because: "bought", vector: [1, 0.1] },
    { artistId: "b", artist: "B", because: "follow", vector: [0, 1] },
  ]
  const taste: Taste = { person: "p", vector: [1, 0], home: "basel", known, owned: [] }
  const texts = (of: Candidate, who: Taste | undefined = taste, city?: string) => reasonsOf(of, who, city).map(({ text }) => text)
  expect(texts(candidate(1, concert("c", "b", "v")))).toEqual(["You follow B"])
  expect(texts(candidate(1, concert("c", "x", "v")))).toEqual(["Because you bought tickets for A"])
  expect(texts(candidate(1, concert("c", "x", "v", { vector: [-1, 0] })))).toEqual(["Fits what you like"])
  expect(texts(candidate(1, concert("c", "a", "v", { cityRank: 1 })))).toEqual(["You bought tickets for A", "Popular in Basel"])
  expect(texts(candidate(1, concert("c", "x", "v"), "popular"), undefined)).toEqual(["Many are buying tickets right now"])
})
