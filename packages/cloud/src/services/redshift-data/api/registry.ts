import { randomUUID } from "node:crypto"
import { AwsError } from "../../../service.ts"
import type { DatabaseUser } from "../rights/user.ts"
import { isOver, type SqlParameter, type Statement, type Status } from "./statement.ts"

/** Documented: results are kept for 24 hours, a ClientToken for 8. The two bounds below are ours, for a laptop's memory. */
const KEPT_MS = 24 * 3_600_000
const TOKEN_MS = 8 * 3_600_000
const KEPT_STATEMENTS = 2_000
const KEPT_BYTES = 96 * 1024 * 1024
/** https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html: active queries per workgroup. */
const ACTIVE = 500

export interface Submission {
  sqls: string[]
  batch: boolean
  autoCommit: boolean
  parameters: SqlParameter[]
  name?: string
  workgroup: string
  database: string
  owner: string
  user: DatabaseUser
  withEvent: boolean
  format: "JSON" | "CSV"
  sessionId?: string
  clientToken?: string
}

/** All statements that are still known, oldest first, and who waits for them. */
export class Registry {
  private readonly statements = new Map<string, Statement>()
  private readonly tokens = new Map<string, { id: string; at: number }>()
  private readonly waiting = new Map<string, Set<() => void>>()
  private queries = 1_000
  private resultBytes = 0

  constructor(private readonly now: () => number) {}

  /** The statement of this ClientToken when it was sent before. */
  repeated(submission: Submission): Statement | undefined {
    const known = submission.clientToken && this.tokens.get(tokenKey(submission))
    return known && this.now() - known.at < TOKEN_MS ? this.statements.get(known.id) : undefined
  }

  /** Throws ActiveStatementsExceededException. */
  add(submission: Submission): Statement {
    this.prune()
    if (this.active() >= ACTIVE)
      throw new AwsError("ActiveStatementsExceededException", "Active statements exceeded the allowed quota (500).")
    const at = this.now()
    const id = randomUUID()
    const statement: Statement = {
      id,
      batch: submission.batch,
      autoCommit: submission.autoCommit,
      parameters: submission.parameters,
      name: submission.name,
      workgroup: submission.workgroup,
      database: submission.database,
      owner: submission.owner,
      user: submission.user,
      withEvent: submission.withEvent,
      format: submission.format,
      sessionId: submission.sessionId,
      status: "SUBMITTED",
      createdAt: at,
      updatedAt: at,
      duration: 0,
      pid: 1_073_000_000 + (this.queries % 100_000),
      cancelled: false,
      parts: submission.sqls.map((sql) => ({
        sql,
        status: "SUBMITTED",
        createdAt: at,
        updatedAt: at,
        duration: 0,
        count: -1,
        hasResult: false,
        queryId: this.queries++,
      })),
    }
    this.statements.set(id, statement)
    if (submission.clientToken) this.tokens.set(tokenKey(submission), { id, at })
    return statement
  }

  /** A statement is its submitter's alone; the administrator sees all. Throws ResourceNotFoundException. */
  get(id: string, owner: string): Statement {
    this.prune()
    const statement = this.statements.get(id)
    if (!statement || (owner !== "admin" && statement.owner !== owner))
      throw new AwsError("ResourceNotFoundException", "Query does not exist.", 400, { ResourceId: id })
    return statement
  }

  /** Newest first. */
  list(): Statement[] {
    this.prune()
    return [...this.statements.values()].toReversed()
  }

  active(): number {
    let count = 0
    for (const { status } of this.statements.values()) if (!isOver(status)) count++
    return count
  }

  move(statement: Statement, status: Status, error?: string): void {
    statement.status = status
    statement.updatedAt = this.now()
    if (error) statement.error = error
    if (!isOver(status)) return
    for (const part of statement.parts) this.resultBytes += part.rows?.bytes ?? 0
    for (const wake of this.waiting.get(statement.id) ?? []) wake()
    this.waiting.delete(statement.id)
  }

  /** Resolves when the statement is over, the time is up (real seconds) or the caller went away. */
  async wait(statement: Statement, seconds: number | undefined, signal: AbortSignal): Promise<void> {
    if (!seconds || isOver(statement.status)) return
    await new Promise<void>((resolve) => {
      const wakers = this.waiting.get(statement.id) ?? new Set()
      this.waiting.set(statement.id, wakers)
      const wake = () => {
        clearTimeout(timer)
        signal.removeEventListener("abort", wake)
        wakers.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, seconds * 1_000).unref()
      signal.addEventListener("abort", wake)
      wakers.add(wake)
    })
  }

  state() {
    return { statements: this.statements.size, open: this.active(), resultBytes: this.resultBytes }
  }

  private prune(): void {
    const now = this.now()
    for (const [key, { at }] of this.tokens) {
      if (now - at < TOKEN_MS) break
      this.tokens.delete(key)
    }
    for (const [id, statement] of this.statements) {
      const tooMany = this.statements.size > KEPT_STATEMENTS
      const tooOld = now - statement.createdAt > KEPT_MS
      if (!tooMany && !tooOld && this.resultBytes <= KEPT_BYTES) break
      if (!isOver(statement.status)) continue
      for (const part of statement.parts) {
        this.resultBytes -= part.rows?.bytes ?? 0
        part.rows = undefined
      }
      if (tooMany || tooOld) this.statements.delete(id)
    }
  }
}

const tokenKey = (submission: Submission): string =>
  `${submission.owner} ${submission.workgroup} ${submission.batch ? "batch" : "one"} ${submission.clientToken}`
