import type { Cloud } from "../../../service.ts"
import type { Connection } from "../engine/connection.ts"
import type { Engine } from "../engine/engine.ts"
import { execute } from "../engine/execute.ts"
import { toSqlError } from "../engine/messages.ts"
import { SqlError } from "../sql/error.ts"
import { refuseProblems } from "../lint/index.ts"
import type { Rights } from "../rights/index.ts"
import { plan, type Plan } from "../statements/index.ts"
import type { Registry } from "./registry.ts"
import type { Session } from "./sessions.ts"
import { isOver, type Part, type Statement } from "./statement.ts"
import { Turns } from "./turns.ts"

/** Runs statements: readers three at a time (each occupies one of Node's four I/O threads), writers one after the other as Redshift's table locks make them. */
export class Runner {
  private readonly places = new Turns(3)
  private readonly writers = new Turns(1)
  /** Accepted without effect, for the state. */
  readonly noEffects = new Map<string, string>()
  readonly totals = { statements: 0, rows: 0, bytes: 0, failed: 0 }

  constructor(
    private readonly engine: Engine,
    private readonly registry: Registry,
    private readonly rights: Rights,
    private readonly cloud: Cloud,
    private readonly onOver: (statement: Statement) => void,
  ) {}

  /** Never rejects: what goes wrong is the statement's status. */
  async run(statement: Statement, session?: Session): Promise<void> {
    const started = performance.now()
    const plans = statement.parts.map((part) => this.prepare(part.sql, statement))
    const giveBack: (() => void)[] = []
    let connection: Connection | undefined
    let committed = false
    try {
      if (plans.some((prepared) => !(prepared instanceof Error) && prepared.writes)) giveBack.push(await this.writers.take())
      if (!statement.cancelled) giveBack.push(await this.places.take())
      if (!statement.cancelled) {
        this.registry.move(statement, "STARTED")
        connection = session?.connection ?? (await this.engine.connect())
        statement.interrupt = () => connection?.interrupt()
        try {
          committed = await this.transaction(statement, plans, connection)
        } finally {
          this.rights.ended(connection)
        }
      }
      this.finish(statement, started, committed ? "FINISHED" : "ABORTED")
    } catch (error) {
      this.finish(statement, started, statement.cancelled ? "ABORTED" : "FAILED", error)
    } finally {
      statement.interrupt = undefined
      if (!session) connection?.close()
      for (const give of giveBack.toReversed()) give()
    }
  }

  private prepare(sql: string, statement: Statement): Plan | Error {
    try {
      refuseProblems(sql, { batch: statement.batch && !statement.autoCommit })
      return plan(sql, clockText(this.cloud.now()), statement.user.name)
    } catch (error) {
      return toSqlError(error)
    }
  }

  /** Whether its work stays: not when it was cancelled before the end. */
  private async transaction(statement: Statement, plans: readonly (Plan | Error)[], connection: Connection): Promise<boolean> {
    const parameters = Object.fromEntries(statement.parameters.map(({ name, value }) => [name, value]))
    const single = !statement.batch && plans[0] && !(plans[0] instanceof Error) && plans[0].steps.length <= 1
    const together = !statement.autoCommit && !single
    this.engine.usesClock ||= plans.some((prepared) => !(prepared instanceof Error) && prepared.context.usesClock)
    if (this.engine.usesClock) await connection.run(`SET VARIABLE clock = ${this.cloud.now() * 1_000}`)
    if (together) await connection.run("BEGIN")
    try {
      for (const [i, part] of statement.parts.entries()) {
        if (statement.cancelled) break
        try {
          await this.part(part, plans[i]!, parameters, connection, statement)
        } catch (error) {
          // A failed part of AUTO_COMMIT ends the batch, and what came before stays.
          throw statement.batch ? new Error(`Query #${i + 1} failed with ${part.error ?? String(error)}`) : error
        }
      }
      const stays = !statement.cancelled || (!together && statement.parts.every((part) => part.status === "FINISHED"))
      if (together) await connection.run(stays ? "COMMIT" : "ROLLBACK")
      if (stays && plans.some((prepared) => !(prepared instanceof Error) && prepared.command === "ALTER TABLE"))
        await this.engine.settle(connection)
      return stays
    } catch (error) {
      // The engine keeps a transaction open after many errors, so it is always closed here.
      if (together) await connection.run("ROLLBACK").catch(() => undefined)
      throw error
    }
  }

  private async part(
    part: Part,
    prepared: Plan | Error,
    parameters: Record<string, string>,
    connection: Connection,
    statement: Statement,
  ): Promise<void> {
    const started = performance.now()
    part.status = "STARTED"
    try {
      if (prepared instanceof Error) throw prepared
      for (const name of prepared.context.parameters) if (!(name in parameters)) throw new Error(missingParameter(part.sql, name))
      await this.rights.check(connection, statement.user, prepared, statement.database)
      if (prepared.defines) this.rights.defines(connection)
      const outcome = await execute(connection, prepared, parameters, this.cloud, () => statement.cancelled)
      if (statement.cancelled) return
      if (prepared.noEffect) this.noEffects.set(prepared.command, prepared.noEffect)
      part.count = outcome.count
      part.rows = outcome.rows
      part.hasResult = outcome.rows !== undefined
      part.status = "FINISHED"
    } catch (error) {
      part.error = withPrefix(toSqlError(error).message)
      part.status = statement.cancelled ? "ABORTED" : "FAILED"
      throw new SqlError(part.error, { cause: error })
    } finally {
      part.duration = Math.round((performance.now() - started) * 1_000_000)
      part.updatedAt = this.cloud.now()
    }
  }

  private finish(statement: Statement, started: number, status: "FINISHED" | "FAILED" | "ABORTED", error?: unknown): void {
    for (const part of statement.parts) if (!isOver(part.status)) part.status = "ABORTED"
    statement.duration = Math.round((performance.now() - started) * 1_000_000)
    this.totals.statements++
    if (status === "FAILED") this.totals.failed++
    for (const part of statement.parts) {
      this.totals.rows += part.rows?.rows.length ?? 0
      this.totals.bytes += part.rows?.bytes ?? 0
    }
    this.registry.move(
      statement,
      status,
      error === undefined || status === "ABORTED" ? undefined : error instanceof Error ? error.message : String(error),
    )
    this.onOver(statement)
  }
}

const withPrefix = (message: string): string =>
  message.startsWith("NOT_SIMULATED") || message.startsWith("ERROR:") || message.startsWith("FATAL:")
    ? message
    : `ERROR: ${message}`

/** As the service words it: the parser meets the colon. */
function missingParameter(sql: string, name: string): string {
  const position = sql.search(new RegExp(`:${name}(?![A-Za-z0-9_])`)) + 1
  return `syntax error at or near ":" (no parameter named "${name}" was given)\n  Position: ${position}`
}

const clockText = (ms: number): string => new Date(ms).toISOString().replace("T", " ").replace("Z", "000")
