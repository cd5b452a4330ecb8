import { seeded } from "../../packages/client/src/testing/chaos.ts"
import { dot } from "../../packages/core/src/recommendation/factors.ts"
import { fit } from "../../packages/core/src/recommendation/model.ts"
import { type Candidate, diverse } from "../../packages/core/src/recommendation/pick.ts"
import { FIRST, type Quality, qualityOf } from "./metrics.ts"
import type { Planted } from "./planted.ts"

interface Compared {
  personal: Quality
  popular: Quality
  random: Quality
  trainMs: number
}

/** The product's own model and diversity, what is popular under the same diversity, and chance, on what people did later. */
export function compared({ facts, later, now }: Planted, seed: number): Compared {
  const started = performance.now()
  const { concerts, tastes } = fit(facts, new Map(), new Map(), now)
  const trainMs = performance.now() - started
  const ids = (candidates: readonly Candidate[]) => diverse(candidates, FIRST).map(({ concert }) => concert.concertId)
  const popular = ids(concerts.map((concert) => ({ concert, score: concert.popularity, strategy: "popular" })))
  const personal = new Map(
    tastes.map(({ person, vector }) => {
      const scored = concerts.map((concert): Candidate => ({ concert, score: dot(vector, concert.vector), strategy: "personal" }))
      return [person, ids(scored.sort((a, b) => b.score - a.score).slice(0, 100))] as const
    }),
  )
  const random = seeded(seed)
  const anything = () => Array.from({ length: FIRST }, () => concerts[Math.floor(random() * concerts.length)]!.concertId)
  const each = (list: (person: string) => readonly string[]) => new Map([...later.keys()].map((person) => [person, list(person)]))
  const quality = (lists: ReadonlyMap<string, readonly string[]>) => qualityOf(lists, later, concerts.length)
  return { personal: quality(personal), popular: quality(each(() => popular)), random: quality(each(anything)), trainMs }
}
