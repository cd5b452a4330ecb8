import type { Period } from "./period.ts"

/** What a name can be; also what can be ranked. */
export const ROLES = ["composer", "work", "conductor", "soloist", "venue", "city", "artist", "season"] as const
export type Role = (typeof ROLES)[number]

/** A name in a question. Without roles it may be anything. A `formal` title is used as it is; every other name is looked up. */
export interface Named {
  text: string
  roles: Role[]
  formal?: boolean
  /** `Beethoven` in "Beethoven's Fifth": both belong to one thing. */
  of?: string
}

export type Measure = "concerts" | "performances" | "tickets" | "revenue" | "sell-through" | "score"
export type Step = "day" | "month" | "year" | "season" | "decade"

/**
 * What is wanted:
 * `count` one number · `series` a number for each period · `top` a ranking · `edge` first or last · `history` how often, first and last ·
 * `programme` what was played on a day · `list` concerts · `compare` the same for two or more names or periods.
 */
export type Intent = "count" | "series" | "top" | "edge" | "history" | "programme" | "list" | "compare" | "help" | "unknown"

/** A question, read. */
export interface Frame {
  intent: Intent
  measure: Measure
  /** What is ranked. */
  of?: Role
  step?: Step
  edge?: "first" | "last"
  limit?: number
  /** How many there are, not which. */
  distinct?: boolean
  /** The lowest instead of the highest. */
  least?: boolean
  periods: Period[]
  names: Named[]
}

export const blank = (): Frame => ({ intent: "unknown", measure: "concerts", periods: [], names: [] })
