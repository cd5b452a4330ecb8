import { part } from "./part.ts"
import type { Goal, Report } from "./table.ts"

export type Measured = Pick<Report, "figures" | "goals" | "notes">

export interface Step {
  name: string
  limitMs: number
  run(): Promise<Measured | Measured[]>
}

const seconds = (since: number): string => `${Math.round((performance.now() - since) / 1_000)} s`

/** Adds a part that could not be measured: a goal that is missed, and its reason. */
export function broken(report: Report, name: string, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  console.error(`${name} could not be measured: ${error instanceof Error ? error.stack : reason}`)
  report.figures[`${name}Broken`] = 1
  report.goals[`${name}Broken`] = { max: 0 } satisfies Goal
  report.notes[`${name}Broken`] = reason.split("\n")[0]!
  report.reasons = { ...report.reasons, [name]: reason }
}

/** Measures one step after another. One that fails, or does not end, takes nothing from the others. */
export async function measure(report: Report, steps: readonly Step[]): Promise<Report> {
  const begin = performance.now()
  for (const { name, limitMs, run } of steps) {
    console.error(`${name} …`)
    const since = performance.now()
    try {
      for (const { figures, goals, notes } of [await part(name, limitMs, run)].flat()) {
        Object.assign(report.figures, figures)
        Object.assign(report.goals, goals)
        Object.assign(report.notes, notes)
      }
    } catch (error) {
      broken(report, name, error)
    }
    console.error(`${name} took ${seconds(since)}, ${seconds(begin)} so far`)
  }
  return report
}
