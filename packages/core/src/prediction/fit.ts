import { CholeskyDecomposition, Matrix } from "ml-matrix"
import type { Artifact, Weights } from "./artifact.ts"
import { centreBy } from "./forecast.ts"
import { type Example, leadsOf } from "./history.ts"
import { FEATURES, type Typical, unknownness, vectorOf } from "./snapshot.ts"

/** Weight of the belief that a feature does nothing, in concerts. */
const RIDGE = 3
/** Rounds in which sold-out concerts are told how far their demand went. */
const ROUNDS = 4
/** A concert of which nothing is known has at least so much more of the squared width. */
const LEAST_UNKNOWN = 0.35

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** What all concerts have in common, from examples that are over. */
function typicalOf(examples: readonly Example[]): Typical {
  const byCurrency = new Map<string, number[]>()
  for (const { snapshot } of examples)
    if (snapshot.currency !== null && snapshot.priceMinor !== null)
      byCurrency.set(snapshot.currency, [...(byCurrency.get(snapshot.currency) ?? []), Math.log(snapshot.priceMinor + 1)])
  return {
    sold: mean(examples.map(({ final }) => Math.log1p(final))),
    prices: Object.fromEntries([...byCurrency].map(([currency, logs]) => [currency, mean(logs)])),
  }
}

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
/** Upper tail of the normal distribution: Abramowitz and Stegun 26.2.17. */
function tail(z: number): number {
  if (z < 0) return 1 - tail(-z)
  const t = 1 / (1 + 0.2316419 * z)
  return density(z) * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
}
/** Where a normal value lies on average of which only a lower bound is known. */
export const beyond = (bound: number): number => (bound > 6 ? bound + 1 / bound : density(bound) / tail(bound))

interface Line {
  vector: number[]
  /** Logarithm of 1 + what was still sold. */
  target: number
  /** It sold out: the target is only a lower bound. */
  isFull: boolean
  unknown: number
}

/** What is learned of an example at its lead; undefined where nothing was left to be sold. */
export function lineOf({ snapshot, final }: Example, typical: Typical): Line | undefined {
  if (snapshot.seats <= snapshot.sold) return undefined
  return {
    vector: vectorOf(snapshot, typical),
    target: Math.log1p(Math.max(0, final - snapshot.sold)),
    isFull: final >= snapshot.seats,
    unknown: unknownness(snapshot),
  }
}

interface Fitted {
  means: number[]
  deviations: number[]
  intercept: number
  weights: number[]
  spread: number[][]
  sigma: number
}

/** Ridge regression in which a concert that sold out counts with the demand it would have had, on average, by the fit itself. */
function ridge(lines: readonly Line[], columns: readonly boolean[]): Fitted {
  const means = FEATURES.map((_, index) => mean(lines.map(({ vector }) => vector[index]!)))
  const deviations = FEATURES.map(
    (_, index) => Math.sqrt(mean(lines.map(({ vector }) => (vector[index]! - means[index]!) ** 2))) || 1,
  )
  const x = new Matrix(
    lines.map(({ vector }) => vector.map((value, index) => (columns[index] ? (value - means[index]!) / deviations[index]! : 0))),
  )
  const transposed = x.transpose()
  const decomposed = new CholeskyDecomposition(transposed.mmul(x).add(Matrix.eye(FEATURES.length).mul(RIDGE)))
  let targets = lines.map(({ target }) => target)
  let [intercept, weights, sigma] = [0, FEATURES.map(() => 0), 1]
  for (let round = 0; round < ROUNDS; round++) {
    intercept = mean(targets)
    weights = decomposed.solve(transposed.mmul(Matrix.columnVector(targets.map((target) => target - intercept)))).to1DArray()
    const said = x
      .mmul(Matrix.columnVector(weights))
      .to1DArray()
      .map((value) => value + intercept)
    sigma = Math.max(0.02, Math.sqrt(mean(targets.map((target, index) => (target - said[index]!) ** 2))))
    targets = lines.map(({ target, isFull }, index) =>
      isFull ? Math.max(target, said[index]! + sigma * beyond((target - said[index]!) / sigma)) : target,
    )
  }
  return { means, deviations, intercept, weights, spread: decomposed.solve(Matrix.eye(FEATURES.length)).to2DArray(), sigma }
}

/** Parts of the squared residuals, by least squares with none below its floor. */
function noiseOf(lines: readonly Line[], fitted: Fitted): Weights["noise"] {
  const plain = { ...fitted, lead: 1 as const, noise: { base: 0, count: 0, unknown: 0 } }
  const rows = lines
    .filter(({ isFull }) => !isFull)
    .map(({ vector, target, unknown }) => {
      const { centre } = centreBy(plain, vector, unknown)
      return { squared: (target - centre) ** 2, parts: [1, 1 / (1 + Math.exp(centre)), unknown] }
    })
  const all = Math.max(4e-4, mean(rows.map(({ squared }) => squared)))
  if (rows.length < 10) return { base: all, count: 1, unknown: LEAST_UNKNOWN * all }
  const x = new Matrix(rows.map(({ parts }) => parts))
  const y = Matrix.columnVector(rows.map(({ squared }) => squared))
  const system = x
    .transpose()
    .mmul(x)
    .add(Matrix.eye(3).mul(1e-3 * rows.length))
  const [base = 0, count = 0, unknown = 0] = new CholeskyDecomposition(system).solve(x.transpose().mmul(y)).to1DArray()
  return {
    base: Math.max(base, 0.1 * all),
    count: Math.max(count, 0),
    unknown: Math.max(unknown, LEAST_UNKNOWN * Math.max(base, 0.1 * all)),
  }
}

const EVERY = FEATURES.map(() => true)
/** What was known before anything was sold. */
const BEFORE_SALES = FEATURES.map(([, factor]) => factor !== "sales" && factor !== "views")
/** An artist of whom so many concerts are known is not taken for a better one because they are dearer; so many lines are enough to look at nobody else. */
const [KNOWN_CONCERTS, KNOWN_LINES] = [4, 60]
const PRICE = FEATURES.findIndex(([name]) => name === "price")

/**
 * What a percent of price does to demand, from whole concerts and without their sales so far, which already felt the price. A rising demand is not believed:
 * dear concerts sell well because they are wanted.
 */
function elasticityOf(examples: readonly Example[], typical: Typical): Artifact["elasticity"] {
  const first = [...new Map(examples.map((example) => [example.concertId, example] as const)).values()]
  const known = first.filter(({ snapshot }) => snapshot.artist.concerts >= KNOWN_CONCERTS)
  const lines = (known.length >= KNOWN_LINES ? known : first).flatMap(
    (example) => lineOf({ ...example, snapshot: { ...example.snapshot, sold: 0, week: 0, views: 0 } }, typical) ?? [],
  )
  const { weights, deviations, spread, sigma } = ridge(lines, BEFORE_SALES)
  const value = weights[PRICE]! / deviations[PRICE]!
  return { value: Math.min(0, value), error: (sigma * Math.sqrt(Math.max(0, spread[PRICE]![PRICE]!))) / deviations[PRICE]! }
}

/** Weights for every lead, and the elasticity, from examples that are over. */
export function fit(examples: readonly Example[]): Pick<Artifact, "typical" | "elasticity" | "leads"> {
  const typical = typicalOf(examples)
  const leads = leadsOf(examples).flatMap((lead) => {
    const lines = examples.filter(({ snapshot }) => snapshot.lead === lead).flatMap((example) => lineOf(example, typical) ?? [])
    if (lines.length < FEATURES.length) return []
    const fitted = ridge(lines, EVERY)
    const { sigma: _, ...kept } = fitted
    return [{ lead, ...kept, noise: noiseOf(lines, fitted) } as Weights]
  })
  return { typical, elasticity: elasticityOf(examples, typical), leads }
}
