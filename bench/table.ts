/** What a figure must reach: at most `max`, or at least `min`. */
export type Goal = { max: number } | { min: number }

export interface Report {
  bench: string
  figures: Record<string, number>
  goals: Record<string, Goal>
  /** Unit and meaning of each figure, for the table. */
  notes: Record<string, string>
  /** Why parts could not be measured, by part. */
  reasons?: Record<string, string>
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

const round = (value: number) => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)))

const reached = (value: number | undefined, goal: Goal) =>
  value !== undefined && ("max" in goal ? value <= goal.max : value >= goal.min)

/** Prints one table, the reasons of what is not in it, and, last, one JSON line. */
export function print({ bench, figures, goals, notes, reasons }: Report): void {
  const names = new Set([...Object.keys(figures), ...Object.keys(goals)])
  const rows = [...names].map((name) => {
    const [value, goal] = [figures[name], goals[name]]
    const said = goal ? ("max" in goal ? `≤ ${goal.max}` : `≥ ${goal.min}`) : ""
    const shown = value === undefined ? "not measured" : String(round(value))
    return [name, shown, said, goal ? (reached(value, goal) ? "met" : "MISSED") : "", notes[name] ?? ""]
  })
  const table = [["figure", "value", "goal", "", "what it is"], ...rows]
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  for (const row of table)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
  for (const [part, reason] of Object.entries(reasons ?? {})) console.log(`${part} could not be measured: ${reason}`)
  const met = reasons === undefined && Object.entries(goals).every(([name, goal]) => reached(figures[name], goal))
  console.log(JSON.stringify({ bench, figures, goals, met, ...(reasons && { reasons }) }))
}
