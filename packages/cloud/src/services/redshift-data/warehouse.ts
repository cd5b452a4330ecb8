import type { AwsRequest, Cloud, Resource } from "../../service.ts"
import { AwsError } from "../../service.ts"
import { Registry, type Submission } from "./api/registry.ts"
import { Runner } from "./api/runner.ts"
import { Sessions } from "./api/sessions.ts"
import { Rights } from "./rights/index.ts"
import { isOver, type Statement } from "./api/statement.ts"
import type { Engine } from "./engine/engine.ts"

/** What EventBridge would carry as `detail` of "Redshift Data Statement Status Change". */
export interface StatementEvent {
  principal: string
  statementName?: string
  statementId: string
  redshiftQueryId: number
  state: "FINISHED" | "FAILED" | "ABORTED"
  rows: number
  /** Epoch seconds. */
  expireAt: number
}

/** One running warehouse with everything its operations need. */
export class Warehouse {
  readonly registry: Registry
  readonly sessions: Sessions
  readonly rights: Rights
  readonly runner: Runner
  private readonly running = new Set<Promise<void>>()

  constructor(
    readonly engine: Engine,
    readonly cloud: Cloud,
    onStatement?: (event: StatementEvent) => void,
  ) {
    this.registry = new Registry(() => cloud.now())
    this.sessions = new Sessions(() => cloud.now())
    this.rights = new Rights(engine, cloud)
    this.runner = new Runner(engine, this.registry, this.rights, cloud, (statement) => {
      cloud.calls.statementEnded(cloud.now() - statement.duration / 1e6, cloud.now())
      if (statement.withEvent) onStatement?.(eventOf(statement))
    })
  }

  /** Takes a statement in and starts it; the same ClientToken gives the same statement. */
  async submit(submission: Submission, keepAliveSeconds?: number): Promise<Statement> {
    const repeated = this.registry.repeated(submission)
    if (repeated) return repeated
    const session = submission.sessionId ? this.sessions.use(submission.sessionId, submission.owner, keepAliveSeconds) : undefined
    const statement = this.registry.add(submission)
    const own =
      session ?? (keepAliveSeconds ? this.sessions.open(await this.engine.connect(), submission, keepAliveSeconds) : undefined)
    if (own) {
      own.busy = true
      statement.sessionId = own.id
    }
    const run = this.runner.run(statement, own).finally(() => {
      if (own) this.sessions.release(own)
      this.running.delete(run)
    })
    this.running.add(run)
    return statement
  }

  /** Stops a statement. Its interrupt is repeated until it is over: one that comes before the engine has begun is lost. */
  cancel(statement: Statement): void {
    statement.cancelled = true
    if (isOver(statement.status)) return
    statement.interrupt?.()
    setTimeout(() => this.cancel(statement), 20).unref()
  }

  /** Ends what runs, then the engine. */
  async close(): Promise<void> {
    for (const statement of this.registry.list()) if (!isOver(statement.status)) this.cancel(statement)
    await Promise.all(this.running)
    this.sessions.close()
    this.engine.close()
  }
}

/** The workgroup a request names. Throws ValidationException. */
export function workgroupOf(
  input: { WorkgroupName?: string; ClusterIdentifier?: string; SessionId?: string },
  warehouse: Warehouse,
): Resource {
  if (input.ClusterIdentifier)
    throw new AwsError("ValidationException", "NOT_SIMULATED: ClusterIdentifier. Name a serverless workgroup in WorkgroupName.")
  const name = input.WorkgroupName ?? (input.SessionId && warehouse.sessions.find(input.SessionId).workgroup)
  if (!name) throw new AwsError("ValidationException", "Either WorkgroupName or ClusterIdentifier is required.")
  const found = warehouse.cloud.find("AWS::RedshiftServerless::Workgroup", name)
  if (!found) throw new AwsError("ValidationException", `Redshift endpoint doesn't exist in this region: no workgroup ${name}.`)
  return found
}

/** The database of the workgroup's namespace; there is no other. */
export function databaseOf(workgroup: Resource, cloud: Cloud): string {
  const namespace = cloud.find("AWS::RedshiftServerless::Namespace", String(workgroup.properties.NamespaceName))
  return String(namespace?.properties.DbName ?? "dev")
}

/** Whose statement it is, as far as the local cloud tells callers apart. */
export const ownerOf = ({ caller }: Pick<AwsRequest, "caller">): string =>
  caller.kind === "admin" ? "admin" : (caller.roleArn ?? caller.principal ?? "nobody")

const eventOf = (statement: Statement): StatementEvent => ({
  principal: statement.owner,
  statementName: statement.name,
  statementId: statement.id,
  redshiftQueryId: statement.parts.at(-1)!.queryId,
  state: statement.status as StatementEvent["state"],
  rows: Math.max(0, statement.parts.at(-1)!.count),
  expireAt: Math.floor((statement.createdAt + 24 * 3_600_000) / 1_000),
})
