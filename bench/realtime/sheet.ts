import type { Goal, Report } from "../table.ts"

type Row = [value: number, what: string, goal?: Goal]

/** Figures of one part of a bench, in the order in which they were found. */
export class Sheet implements Omit<Report, "bench"> {
  readonly figures: Record<string, number> = {}
  readonly goals: Record<string, Goal> = {}
  readonly notes: Record<string, string> = {}

  add(rows: Record<string, Row>): void {
    for (const [name, [value, what, goal]] of Object.entries(rows)) {
      this.figures[name] = value
      this.notes[name] = what
      if (goal) this.goals[name] = goal
      console.error(`  ${name} ${Number(value.toPrecision(4))}`)
    }
  }
}
