import type { Artifact } from "./artifact.ts"
import { beyond, lineOf } from "./fit.ts"
import { centreBy, edges, outlook, quantile } from "./forecast.ts"
import type { Example } from "./history.ts"

/** Quantiles that are kept of the scores. */
const KEPT = 201
/** Bands that are tried, narrowest first. */
const BANDS = Array.from({ length: 99 }, (_, index) => 0.3 + (index * 0.69) / 98)

/**
 * How far concerts that no weight has seen ended from what was said, in widths of their own band: the shape of what may come. Where they sold out, demand
 * went further, by as much as it does on average.
 */
export function scoresOf(fitted: Pick<Artifact, "typical" | "leads">, held: readonly Example[]): number[] {
  const scores = held
    .flatMap((example) => {
      const line = lineOf(example, fitted.typical)
      const weights = fitted.leads.find(({ lead }) => lead === example.snapshot.lead)
      if (!line || !weights) return []
      const { centre, width } = centreBy(weights, line.vector, line.unknown)
      const score = (line.target - centre) / width
      return [line.isFull ? Math.max(score, beyond(score)) : score]
    })
    .toSorted((one, other) => one - other)
  if (scores.length < 3) return [-3, 0, 3]
  return Array.from({ length: KEPT }, (_, index) => quantile(scores, index / (KEPT - 1)))
}

/** Where something is left to be sold; the end of the others is known. */
export const isOpen = ({ snapshot }: Example): boolean => snapshot.sold < snapshot.seats

/** Of concerts with something left to be sold, the share that ended inside a band, edges included: asked for any band. */
function coverages(artifact: Omit<Artifact, "metrics" | "band">, examples: readonly Example[]): (band: number) => number {
  const open = examples.filter(isOpen).map(({ snapshot, final }) => ({ final, end: outlook(artifact, snapshot) }))
  return (band) => {
    const { low, high } = edges(artifact.scores, band)
    const inside = open.filter(({ end, final }) => Math.round(end(low)) <= final && final <= Math.round(end(high)))
    return inside.length / Math.max(1, open.length)
  }
}

/** The same of an artifact's own band. */
export const coverageOf = (artifact: Omit<Artifact, "metrics">, examples: readonly Example[]): number =>
  coverages(artifact, examples)(artifact.band)

/**
 * Nested split conformal: of bands that lie in each other, the narrowest that held what is promised, of concerts that no weight has seen; one rank more, for
 * the concert that is asked about. Bands end at the seats and at whole tickets, so the share of scores in them is not their coverage.
 * https://arxiv.org/abs/1910.10562
 */
export function bandOf(artifact: Omit<Artifact, "metrics" | "band">, held: readonly Example[]): number {
  const open = held.filter(isOpen).length
  const wanted = Math.min(1, (artifact.coverage * (open + 1)) / Math.max(1, open))
  const coverage = coverages(artifact, held)
  return BANDS.find((band) => coverage(band) >= wanted) ?? BANDS.at(-1)!
}
