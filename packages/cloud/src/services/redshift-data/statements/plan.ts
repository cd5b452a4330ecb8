import type { Context } from "../sql/expression.ts"
import type { Token } from "../sql/tokens.ts"

/** What the engine does for one statement, in order. */
export type Step =
  | { kind: "run"; sql: string }
  /** Fails with `message` when the query gives a row. */
  | { kind: "refuse"; sql: string; message: string }
  | { kind: "copy"; copy: Copy }
  | { kind: "like"; table: string; ifNotExists: boolean; temporary: boolean; source: TableName }

export interface TableName {
  schema?: string
  table: string
}

/** COPY … FROM s3 … PARQUET */
export interface Copy {
  target: TableName
  /** Engine SQL of the target. */
  table: string
  columns?: string[]
  /** `s3://bucket/key`: a manifest, an object or a prefix. */
  from: string
  manifest: boolean
  /** `default` or an ARN. */
  role: string
}

export interface Plan {
  /** `SELECT`, `CREATE TABLE`, … */
  command: string
  steps: Step[]
  /** Whether it must wait for its turn among the writers. */
  writes: boolean
  /** Whether the last step's rows are the statement's result. */
  rows: boolean
  /** Set for what is accepted and has no effect here; it says why. */
  noEffect?: string
  context: Context
}

export type Planner = (tokens: Token[], context: Context) => Omit<Plan, "context">

/** A statement that only has to be recorded. */
export const without = (command: string, why: string, steps: Step[] = []): Omit<Plan, "context"> => ({
  command,
  steps,
  writes: false,
  rows: false,
  noEffect: why,
})
export const write = (command: string, ...sql: string[]): Omit<Plan, "context"> => ({
  command,
  steps: sql.map((text) => ({ kind: "run", sql: text })),
  writes: true,
  rows: false,
})
