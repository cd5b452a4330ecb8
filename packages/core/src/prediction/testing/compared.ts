import { candidate } from "../backtest.ts"
import { isOpen } from "../calibrate.ts"
import { examplesOf } from "../history.ts"
import { oracle, oracleRandom, trueSeason } from "./truth.ts"

/** A model trained on a season of known truth, against the best that could be said of its later part, and against the rules. Errors in tickets. */
export function comparedWithTruth({ seed, concerts }: { seed: number; concerts: number }) {
  const season = trueSeason({ seed, concerts })
  const started = performance.now()
  const { artifact, test } = candidate(examplesOf(season), { version: "2025-05-31-00000000", dataHash: "truth", trainedAt: 0 })
  const trainMs = performance.now() - started
  const byId = new Map(season.map((concert) => [concert.concertId, concert]))
  const random = oracleRandom()
  const open = test.filter(isOpen)
  const misses = open.map(({ concertId, snapshot, final }) => Math.abs(oracle(byId.get(concertId)!, snapshot, random) - final))
  const best = misses.reduce((sum, miss) => sum + miss, 0) / misses.length
  const { error, mape, coverage, baselines } = artifact.metrics
  return {
    seed,
    concerts,
    snapshots: open.length,
    error,
    best,
    ratio: error / best,
    mape,
    coverage,
    nominal: artifact.coverage,
    ...baselines,
    elasticity: artifact.elasticity.value,
    trainMs,
    bytes: JSON.stringify(artifact).length,
  }
}
