import * as z from "zod"
import { fields, maxResults } from "../api/fields.ts"
import { ownerOf } from "../warehouse.ts"
import { onAny, operation } from "./operation.ts"
import { pageOf } from "./paging.ts"

/** The caller's statements, newest first. StatementName is a prefix. Without a Status, all but unfinished and failed ones too: as ALL. */
export const listStatements = operation({
  input: z.object({
    NextToken: fields.NextToken,
    MaxResults: maxResults(100),
    StatementName: z.string().max(500).optional(),
    Status: z.enum(["ALL", "SUBMITTED", "PICKED", "STARTED", "FINISHED", "FAILED", "ABORTED"]).optional(),
    RoleLevel: z.boolean().optional(),
    Database: fields.Database,
    WorkgroupName: fields.WorkgroupName,
    ClusterIdentifier: fields.ClusterIdentifier,
  }),
  access: onAny("ListStatements"),
  run(input, request, warehouse) {
    const owner = ownerOf(request)
    const all = warehouse.registry
      .list()
      .filter(
        (statement) =>
          (owner === "admin" || statement.owner === owner) &&
          (!input.StatementName || statement.name?.startsWith(input.StatementName)) &&
          (!input.Status || input.Status === "ALL" || statement.status === input.Status) &&
          (!input.WorkgroupName || statement.workgroup === input.WorkgroupName) &&
          (!input.Database || statement.database === input.Database),
      )
    const { items, next } = pageOf(all, input.NextToken, input.MaxResults || 100)
    const Statements = items.map((statement) => ({
      Id: statement.id,
      StatementName: statement.name,
      Status: statement.status,
      CreatedAt: statement.createdAt / 1_000,
      UpdatedAt: statement.updatedAt / 1_000,
      IsBatchStatement: statement.batch,
      SessionId: statement.sessionId,
      QueryString: statement.batch ? undefined : statement.parts[0]!.sql,
      QueryStrings: statement.batch ? statement.parts.map((part) => part.sql) : undefined,
      QueryParameters: statement.parameters.length ? statement.parameters : undefined,
      ResultFormat: statement.format,
    }))
    return { body: { Statements, NextToken: next } }
  },
})
