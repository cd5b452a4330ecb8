import { expect, test } from "vitest"
import { qualityOf } from "./metrics.ts"
import { compared } from "./offline.ts"
import { planted } from "./planted.ts"

test("with planted tastes the recommender finds at least 1.5 times what popularity finds, and does not narrow to what is popular", () => {
  const { personal, popular, random } = compared(planted({ people: 600, artists: 160, tastes: 8, seed: 7 }), 7)
  expect(personal.recall).toBeGreaterThanOrEqual(1.5 * popular.recall)
  expect(personal.ndcg).toBeGreaterThan(popular.ndcg)
  expect(popular.recall).toBeGreaterThan(random.recall)
  expect(personal.coverage).toBeGreaterThan(2 * popular.coverage)
})

test("where nobody has a taste of their own there is nothing to win over popularity", () => {
  const { personal, popular } = compared(planted({ people: 600, artists: 160, tastes: 1, seed: 7 }), 7)
  expect(personal.recall).toBeLessThan(1.5 * popular.recall)
})

test("recall, NDCG and coverage are what they are called", () => {
  const lists = new Map([
    ["p", ["a", "b", "c"]],
    ["q", ["c", "d"]],
  ])
  const later = new Map([
    ["p", new Set(["b", "z"])],
    ["q", new Set(["c"])],
  ])
  const { recall, ndcg, coverage } = qualityOf(lists, later, 8)
  expect([recall, coverage]).toEqual([0.75, 0.5])
  const best = 1 + 1 / Math.log2(3)
  expect(ndcg).toBeCloseTo((1 / Math.log2(3) / best + 1) / 2)
})
