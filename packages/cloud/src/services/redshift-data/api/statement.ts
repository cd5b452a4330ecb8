import type { DatabaseUser } from "../rights/user.ts"
import type { Rows } from "../engine/connection.ts"

export type Status = "SUBMITTED" | "PICKED" | "STARTED" | "FINISHED" | "FAILED" | "ABORTED"

export const isOver = (status: Status): boolean => status === "FINISHED" || status === "FAILED" || status === "ABORTED"

export interface SqlParameter {
  name: string
  value: string
}

/** One SQL text of a statement; a batch has several. */
export interface Part {
  sql: string
  status: Status
  error?: string
  createdAt: number
  updatedAt: number
  /** Nanoseconds. */
  duration: number
  /** Rows found or changed; -1 until it has run. */
  count: number
  hasResult: boolean
  /** Gone when too old or too much was kept. */
  rows?: Rows
  queryId: number
}

/** What ExecuteStatement or BatchExecuteStatement made. Times are epoch milliseconds of the cloud's clock. */
export interface Statement {
  id: string
  batch: boolean
  /** Each part commits by itself. */
  autoCommit: boolean
  parts: Part[]
  parameters: SqlParameter[]
  name?: string
  workgroup: string
  database: string
  /** Role ARN of the caller, or `admin`. */
  owner: string
  user: DatabaseUser
  withEvent: boolean
  /** How its result is read. */
  format: "JSON" | "CSV"
  sessionId?: string
  status: Status
  error?: string
  createdAt: number
  updatedAt: number
  duration: number
  pid: number
  /** Set by CancelStatement; whoever runs it looks before each step. */
  cancelled: boolean
  /** Stops what runs now. */
  interrupt?: () => void
}
