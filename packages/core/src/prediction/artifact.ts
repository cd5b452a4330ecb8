import * as z from "zod"
import { FEATURES, LEADS } from "./snapshot.ts"

const finite = z.number()
const vector = z.array(finite).length(FEATURES.length)

/** Weights for one lead: what they say is the logarithm of 1 + the tickets still to be sold. */
const Weights = z.strictObject({
  lead: z.literal([...LEADS]),
  /** Means and deviations of the features in training: weights are for what lies between them. */
  means: vector,
  deviations: vector,
  intercept: finite,
  weights: vector,
  /** How unlike the training a concert is: x'Ax is added to what the band is made of. */
  spread: z.array(vector).length(FEATURES.length),
  /** Parts of the band's squared width: of every concert, of small numbers, of what has no history. */
  noise: z.strictObject({ base: finite.min(0), count: finite.min(0), unknown: finite.min(0) }),
})
export type Weights = z.output<typeof Weights>

export const Metrics = z.strictObject({
  concerts: z.int(),
  snapshots: z.int(),
  /** Mean absolute error in tickets. */
  error: finite,
  /** Mean of |error| / tickets sold. */
  mape: finite,
  /** Share of concerts that ended inside the band. */
  coverage: finite,
  /** Mean absolute errors of the rules that a model has to beat. */
  baselines: z.strictObject({ venueMean: finite, lastSimilar: finite }),
})
export type Metrics = z.output<typeof Metrics>

/** All of a model: it lies in S3 as JSON, under a name made from the data it was trained with. */
export const Artifact = z.strictObject({
  format: z.literal(1),
  version: z.string(),
  dataHash: z.string(),
  trainedAt: z.number(),
  /** Share of concerts that the band is made to hold. */
  coverage: z.number().gt(0).lt(1),
  /** Share of the scores between the edges of a band that has this coverage. */
  band: z.number().gt(0).lt(1),
  typical: z.strictObject({ sold: finite, prices: z.record(z.string(), finite) }),
  /** Percent of change in demand for a percent of change in price, never above 0, with its standard error. */
  elasticity: z.strictObject({ value: finite.max(0), error: finite.min(0) }),
  leads: z.array(Weights).min(1),
  /** Quantiles of how far held-out concerts ended from what was said, in widths; ascending. */
  scores: z.array(finite).min(3),
  metrics: Metrics,
})
export type Artifact = z.output<typeof Artifact>
