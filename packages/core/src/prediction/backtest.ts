import type { Artifact, Metrics } from "./artifact.ts"
import { bandOf, coverageOf, isOpen, scoresOf } from "./calibrate.ts"
import { fit } from "./fit.ts"
import { outlook, quantile } from "./forecast.ts"
import type { Example } from "./history.ts"

/** Share of concerts that a band shall hold. */
const COVERAGE = 0.8
/** Parts of the concerts by time: weights are learned from the first, bands from the second, and the third, which nothing was learned from, says how good they are. */
const [LEARN, CALIBRATE] = [0.6, 0.8]
/** Fewer concerts than this teach nothing that could be tested. */
export const LEAST_CONCERTS = 40

/** Examples by the time of their concert: a concert is wholly in one part. */
export function split(examples: readonly Example[]): { learn: Example[]; calibrate: Example[]; test: Example[] } {
  const starts = [...new Map(examples.map(({ concertId, startsAt }) => [concertId, startsAt])).values()].sort((a, b) => a - b)
  const from = (share: number) => starts[Math.floor(share * starts.length)] ?? Number.POSITIVE_INFINITY
  const [second, third] = [from(LEARN), from(CALIBRATE)]
  return {
    learn: examples.filter(({ startsAt }) => startsAt < second),
    calibrate: examples.filter(({ startsAt }) => startsAt >= second && startsAt < third),
    test: examples.filter(({ startsAt }) => startsAt >= third),
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** How an artifact and the two rules did on concerts whose end is known. */
export function measure(artifact: Omit<Artifact, "metrics">, examples: readonly Example[]): Metrics {
  const open = examples.filter(isOpen)
  const middle = quantile(artifact.scores, 0.5)
  const errors = open.map(({ snapshot, final }) => Math.abs(outlook(artifact, snapshot)(middle) - final))
  return {
    concerts: new Set(open.map(({ concertId }) => concertId)).size,
    snapshots: open.length,
    error: mean(errors),
    mape: mean(errors.map((error, index) => error / Math.max(1, open[index]!.final))),
    coverage: coverageOf(artifact, open),
    baselines: {
      venueMean: mean(open.map(({ baselines, final }) => Math.abs(baselines.venueMean - final))),
      lastSimilar: mean(open.map(({ baselines, final }) => Math.abs(baselines.lastSimilar - final))),
    },
  }
}

/** Learns, calibrates and tests on three periods, each later than the one before it. */
export function candidate(
  examples: readonly Example[],
  { version, dataHash, trainedAt }: Pick<Artifact, "version" | "dataHash" | "trainedAt">,
): { artifact: Artifact; test: Example[] } {
  const { learn, calibrate, test } = split(examples)
  const fitted = fit(learn)
  const scored = {
    format: 1 as const,
    version,
    dataHash,
    trainedAt,
    coverage: COVERAGE,
    ...fitted,
    scores: scoresOf(fitted, calibrate),
  }
  const model = { ...scored, band: bandOf(scored, calibrate) }
  return { artifact: { ...model, metrics: measure(model, test) }, test }
}
