import * as z from "zod"
import { AwsError } from "../../../service.ts"
import { fields } from "../api/fields.ts"
import type { Part, Statement } from "../api/statement.ts"
import { ownerOf } from "../warehouse.ts"
import { onAny, operation } from "./operation.ts"

const partOf = (part: Part) => ({
  Status: part.status,
  Error: part.error,
  CreatedAt: part.createdAt / 1_000,
  UpdatedAt: part.updatedAt / 1_000,
  Duration: part.status === "FINISHED" || part.status === "FAILED" ? part.duration : -1,
  QueryString: part.sql,
  HasResultSet: part.hasResult,
  ResultRows: part.count,
  ResultSize: part.rows?.bytes ?? (part.status === "FINISHED" ? 0 : -1),
  RedshiftQueryId: part.status === "SUBMITTED" ? 0 : part.queryId,
})

const whole = (statement: Statement) => ({
  Status: statement.status,
  Error: statement.error,
  CreatedAt: statement.createdAt / 1_000,
  UpdatedAt: statement.updatedAt / 1_000,
  Duration: statement.duration || -1,
  HasResultSet: statement.parts.some((part) => part.hasResult),
  SubStatements: statement.parts.map((part, i) => ({ Id: `${statement.id}:${i + 1}`, ...partOf(part) })),
  ResultRows: -1,
  ResultSize: -1,
  RedshiftQueryId: 0,
  ExecutionMode: statement.autoCommit ? "AUTO_COMMIT" : "TRANSACTION",
})

export const describeStatement = operation({
  input: z.object({ Id: fields.Id, WaitTimeSeconds: fields.WaitTimeSeconds }),
  access: onAny("DescribeStatement"),
  async run(input, request, warehouse) {
    const { statement, part } = findPart(warehouse.registry.get(input.Id.split(":")[0]!, ownerOf(request)), input.Id)
    await warehouse.registry.wait(statement, input.WaitTimeSeconds, request.signal)
    const common = {
      Id: input.Id,
      Database: statement.database,
      WorkgroupName: statement.workgroup,
      RedshiftPid: statement.pid,
      SessionId: statement.sessionId,
      ResultFormat: statement.format,
      QueryParameters: statement.parameters.length ? statement.parameters : undefined,
    }
    if (statement.batch && !part) return { body: { ...common, ...whole(statement) } }
    const own = partOf(part ?? statement.parts[0]!)
    return {
      body: {
        ...common,
        ...own,
        ...(part
          ? {}
          : {
              Status: statement.status,
              Error: statement.error ?? own.Error,
              UpdatedAt: statement.updatedAt / 1_000,
              Duration: statement.duration || -1,
            }),
      },
    }
  },
})

/** `:n` of an id names a part of a batch; without it there is none. */
export function findPart(statement: Statement, id: string): { statement: Statement; part?: Part } {
  const number = id.split(":")[1]
  if (number === undefined) return { statement }
  const part = statement.parts[Number(number) - 1]
  return part ? { statement, part } : missing(id)
}

function missing(id: string): never {
  throw new AwsError("ResourceNotFoundException", "Query does not exist.", 400, { ResourceId: id })
}
