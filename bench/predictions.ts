import { comparedWithTruth } from "../packages/core/src/prediction/testing/compared.ts"
import type { Report } from "./table.ts"

const SEEDS = [1, 2, 3, 4, 5]

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Predictions on simulated seasons whose truth is known: one size is held to the goals, smaller ones say from where on they are met. */
export async function predictions({ full }: { full: boolean }): Promise<Report> {
  const size = full ? 4_000 : 1_200
  const report: Report = { bench: "predictions", figures: {}, goals: {}, notes: {} }
  for (const concerts of [100, 400, size]) {
    const told = SEEDS.map((seed) => comparedWithTruth({ seed, concerts }))
    const of = (key: "ratio" | "error" | "best" | "coverage" | "venueMean" | "lastSimilar" | "mape" | "trainMs") =>
      mean(told.map((each) => each[key]))
    const figures: [string, number, string][] = [
      ["ratio", of("ratio"), "mean error over that of who knows everything but chance"],
      ["worst_ratio", Math.max(...told.map(({ ratio }) => ratio)), `the same, of the worst of ${SEEDS.length} seasons`],
      ["error", of("error"), "tickets, on concerts later than those learned from"],
      ["best", of("best"), "tickets, the least possible"],
      ["mape", of("mape"), "mean of |error| / tickets sold"],
      ["venue_mean", of("venueMean"), "tickets, by the mean of the venue"],
      ["last_similar", of("lastSimilar"), "tickets, by the last similar concert"],
      [
        "coverage_off",
        Math.abs(of("coverage") - told[0]!.nominal),
        `distance of the share inside the band from ${told[0]!.nominal}`,
      ],
      [
        "beaten_rules",
        mean(told.map(({ error, venueMean, lastSimilar }) => (error < Math.min(venueMean, lastSimilar) ? 1 : 0))),
        "share of seasons in which it beats both rules",
      ],
      ["train_ms", of("trainMs"), "features, weights, bands and test"],
    ]
    for (const [name, value, note] of figures) {
      report.figures[`${name}_${concerts}`] = value
      report.notes[`${name}_${concerts}`] = `${note}; ${concerts} concerts`
    }
  }
  report.goals[`worst_ratio_${size}`] = { max: 1.3 }
  report.goals[`coverage_off_${size}`] = { max: 0.05 }
  report.goals[`beaten_rules_${size}`] = { min: 1 }
  return report
}
