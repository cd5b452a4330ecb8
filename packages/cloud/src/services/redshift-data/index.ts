import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { AwsError, type Service } from "../../service.ts"
import { parse } from "./api/fields.ts"
import { batchExecuteStatement } from "./operations/batch-execute-statement.ts"
import { cancelStatement } from "./operations/cancel-statement.ts"
import { describeStatement } from "./operations/describe-statement.ts"
import { describeTable } from "./operations/describe-table.ts"
import { executeStatement } from "./operations/execute-statement.ts"
import { getStatementResult, getStatementResultV2 } from "./operations/get-statement-result.ts"
import { listDatabases } from "./operations/list-databases.ts"
import { listSchemas } from "./operations/list-schemas.ts"
import { listSessions } from "./operations/list-sessions.ts"
import { listStatements } from "./operations/list-statements.ts"
import { listTables } from "./operations/list-tables.ts"
import type { Operation } from "./operations/operation.ts"
import { namespace, workgroup } from "./resources.ts"
import { Warehouse, type StatementEvent } from "./warehouse.ts"

export { lint, type LintOptions, type Problem } from "./lint/index.ts"
export type { StatementEvent } from "./warehouse.ts"

const OPERATIONS: Readonly<Record<string, Operation>> = {
  ExecuteStatement: executeStatement,
  BatchExecuteStatement: batchExecuteStatement,
  DescribeStatement: describeStatement,
  CancelStatement: cancelStatement,
  GetStatementResult: getStatementResult,
  GetStatementResultV2: getStatementResultV2,
  ListSessions: listSessions,
  ListStatements: listStatements,
  ListDatabases: listDatabases,
  ListSchemas: listSchemas,
  ListTables: listTables,
  DescribeTable: describeTable,
}

export interface RedshiftDataOptions {
  /** Where the warehouse is kept: else in the data folder, or in memory without one. One process owns the file. */
  file?: string
  /** Told when a statement that was submitted WithEvent is over. */
  onStatement?: (event: StatementEvent) => void
}

function fileIn(data: string | undefined): string | undefined {
  if (data === undefined) return undefined
  mkdirSync(join(data, "redshift-data"), { recursive: true })
  return join(data, "redshift-data", "warehouse.duckdb")
}

/** Redshift Serverless behind its Data API: DuckDB, the dialect both understand, and the wire protocol. */
export function redshiftData(options: RedshiftDataOptions = {}): Service {
  let warehouse: Warehouse | undefined
  let owner: string | undefined

  const running = (): Warehouse => {
    if (!warehouse)
      throw new AwsError(
        "ValidationException",
        "Redshift endpoint doesn't exist in this region: no template declares a namespace.",
      )
    return warehouse
  }

  return {
    names: ["redshift-data"],
    operations: Object.keys(OPERATIONS),
    protocol: "json",
    types: {
      "AWS::RedshiftServerless::Namespace": {
        ...namespace,
        async provision(resource, cloud) {
          const id = `${resource.stack}/${resource.logicalId}`
          if (owner && owner !== id)
            throw new Error(
              "NOT_SIMULATED: a second AWS::RedshiftServerless::Namespace. One warehouse is simulated: use schemas.",
            )
          owner = id
          if (warehouse) return
          // Loaded on demand: the engine is 50 MB of memory that a cloud without a warehouse does not need.
          const { Engine } = await import("./engine/engine.ts")
          warehouse = new Warehouse(await Engine.open(options.file ?? fileIn(cloud.data)), cloud, options.onStatement)
        },
      },
      "AWS::RedshiftServerless::Workgroup": workgroup,
    },
    authorize(request) {
      const operation = /^RedshiftData\.(\w+)$/.exec(request.headers["x-amz-target"] ?? "")?.[1] ?? ""
      const known = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined
      if (!known)
        throw new AwsError("UnknownOperationException", `Redshift Data has no operation ${operation || "in this request"}.`, 404)
      return { operation, access: known.access(parse(known.input, request.json), running()) }
    },
    async handle(request, name) {
      const operation = OPERATIONS[name]!
      const { body, units } = await operation.run(parse(operation.input, request.json), request, running())
      return {
        status: 200,
        headers: { "content-type": "application/x-amz-json-1.1" },
        body: typeof body === "string" ? body : JSON.stringify(body),
        units,
      }
    },
    state: () =>
      warehouse && {
        ...warehouse.registry.state(),
        totals: warehouse.runner.totals,
        sessions: warehouse.sessions.size,
        withoutEffect: Object.fromEntries(warehouse.runner.noEffects),
      },
    async stop() {
      await warehouse?.close()
      warehouse = undefined
      owner = undefined
    },
  }
}
