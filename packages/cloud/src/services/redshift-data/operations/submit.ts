import { AwsError, type AwsRequest } from "../../../service.ts"
import type { SqlParameter } from "../api/statement.ts"
import { userOf } from "../rights/user.ts"
import { tokenize } from "../sql/tokens.ts"
import { databaseOf, ownerOf, workgroupOf, type Warehouse } from "../warehouse.ts"
import type { Answer } from "./operation.ts"

interface Input {
  WorkgroupName?: string
  ClusterIdentifier?: string
  Database?: string
  SecretArn?: string
  DbUser?: string
  Parameters?: SqlParameter[]
  ResultFormat?: "JSON" | "CSV"
  StatementName?: string
  WithEvent?: boolean
  ClientToken?: string
  SessionId?: string
  SessionKeepAliveSeconds?: number
  WaitTimeSeconds?: number
}

/** What ExecuteStatement and BatchExecuteStatement share: validate, take in, wait when asked, answer. */
export async function submit(
  input: Input,
  sqls: string[],
  kind: { batch: boolean; autoCommit: boolean },
  request: AwsRequest,
  warehouse: Warehouse,
): Promise<Answer> {
  for (const member of ["SecretArn", "DbUser"] as const)
    if (input[member])
      throw new AwsError("ValidationException", `NOT_SIMULATED: ${member}. A serverless workgroup is used with IAM.`)
  const session = input.SessionId ? warehouse.sessions.find(input.SessionId) : undefined
  if (session && (input.WorkgroupName || input.Database))
    throw new AwsError("ValidationException", "WorkgroupName and Database cannot be given together with SessionId.")
  const workgroup = workgroupOf(input, warehouse)
  const database = databaseOf(workgroup, warehouse.cloud)
  if (!session && !input.Database) throw new AwsError("ValidationException", "Database is required.")
  if (!session && input.Database !== database)
    throw new AwsError("ValidationException", `FATAL: database "${input.Database}" does not exist`)
  refuseUnused(sqls, input.Parameters ?? [])
  const user = userOf(request.caller, warehouse.cloud)
  const statement = await warehouse.submit(
    {
      sqls,
      ...kind,
      parameters: input.Parameters ?? [],
      name: input.StatementName,
      workgroup: workgroup.identity.ref,
      database,
      owner: ownerOf(request),
      user,
      format: input.ResultFormat ?? "JSON",
      withEvent: input.WithEvent ?? false,
      sessionId: input.SessionId,
      clientToken: input.ClientToken,
    },
    input.SessionKeepAliveSeconds,
  )
  await warehouse.registry.wait(statement, input.WaitTimeSeconds, request.signal)
  const waited = input.WaitTimeSeconds !== undefined && {
    Status: statement.status,
    RedshiftPid: statement.pid,
    HasResultSet: statement.parts.some((part) => part.hasResult),
  }
  const body = {
    Id: statement.id,
    CreatedAt: statement.createdAt / 1_000,
    Database: database,
    WorkgroupName: statement.workgroup,
    DbUser: user.name,
    DbGroups: [],
    SessionId: statement.sessionId,
    ...waited,
  }
  return { body, units: { statements: sqls.length } }
}

/** Every parameter must be used; of a batch, by at least one of its statements. */
function refuseUnused(sqls: readonly string[], parameters: readonly SqlParameter[]): void {
  if (parameters.length === 0) return
  const names = new Set<string>()
  for (const sql of sqls) {
    try {
      for (const token of tokenize(sql)) if (token.kind === "parameter") names.add(token.text)
    } catch {
      return // The statement fails by itself and says where.
    }
  }
  const unused = parameters.filter(({ name }) => !names.has(name)).map(({ name }) => name)
  if (unused.length)
    throw new AwsError(
      "ValidationException",
      `Parameters list contains unused parameters. Unused parameters: [${unused.join(", ")}]`,
    )
  const twice = parameters.find(({ name }, i) => parameters.findIndex((other) => other.name === name) < i)
  if (twice) throw new AwsError("ValidationException", `Parameters list contains the name ${twice.name} twice.`)
}
