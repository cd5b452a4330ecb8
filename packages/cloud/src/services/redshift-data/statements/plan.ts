import type { Need } from "../rights/need.ts"
import { ADOPT_SQL, FORGET_SQL } from "../rights/tables.ts"
import type { Context } from "../sql/expression.ts"
import type { TableName } from "../sql/table-name.ts"
import type { Token } from "../sql/tokens.ts"

/** What the engine does for one statement, in order. */
export type Step =
  | { kind: "run"; sql: string }
  /** Fails with `message` when the query gives a row. */
  | { kind: "refuse"; sql: string; message: string }
  | { kind: "copy"; copy: Copy }
  | { kind: "like"; table: string; ifNotExists: boolean; temporary: boolean; source: TableName }
  /** Keeps who owns what and who may do what; `$user` is who runs the statement. */
  | { kind: "record"; sql: readonly string[] }

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
  /** What whoever runs it must be allowed to do. */
  needs: Need[]
  /** Whether it must wait for its turn among the writers. */
  writes: boolean
  /** Whether what exists, or who may do what, is another afterwards. */
  defines?: boolean
  /** Whether the last step's rows are the statement's result. */
  rows: boolean
  /** Set for what is accepted and has no effect here; it says why. */
  noEffect?: string
  context: Context
}

export type Planned = Omit<Plan, "context">
export type Planner = (tokens: Token[], context: Context) => Planned

/** A statement that only has to be recorded. */
export const without = (command: string, why: string, needs: Need[], steps: Step[] = []): Planned => ({
  command,
  steps,
  needs,
  writes: false,
  rows: false,
  noEffect: why,
})

export const write = (command: string, needs: Need[], ...sql: string[]): Planned => ({
  command,
  steps: sql.map((text) => ({ kind: "run", sql: text })),
  needs,
  writes: true,
  rows: false,
})

const define = (command: string, needs: Need[], steps: Step[]): Planned => ({
  command,
  steps,
  needs,
  writes: true,
  defines: true,
  rows: false,
})

/** What it makes belongs to who makes it. */
export const creates = (command: string, needs: Need[], ...steps: Step[]): Planned =>
  define(command, needs, [...steps, { kind: "record", sql: ADOPT_SQL }])

export const drops = (command: string, needs: Need[], ...steps: Step[]): Planned =>
  define(command, needs, [...steps, { kind: "record", sql: FORGET_SQL }])

/** Changes what is kept of owners and privileges, and nothing else. */
export const records = (command: string, needs: Need[], steps: Step[], ...sql: string[]): Planned =>
  define(command, needs, [...steps, { kind: "record", sql }])
