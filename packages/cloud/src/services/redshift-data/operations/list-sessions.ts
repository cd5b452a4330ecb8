import * as z from "zod"
import { AwsError } from "../../../service.ts"
import { fields, maxResults } from "../api/fields.ts"
import { ownerOf } from "../warehouse.ts"
import { onAny, operation } from "./operation.ts"
import { pageOf } from "./paging.ts"

/** The caller's sessions that are open, newest first; the administrator's list has everybody's. https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ListSessions.html */
export const listSessions = operation({
  input: z.object({
    NextToken: fields.NextToken,
    MaxResults: maxResults(100),
    SessionId: fields.SessionId,
    Status: z.enum(["AVAILABLE", "BUSY", "CLOSED"]).optional(),
    RoleLevel: z.boolean().optional(),
    Database: fields.Database,
    WorkgroupName: fields.WorkgroupName,
    ClusterIdentifier: fields.ClusterIdentifier,
  }),
  access: onAny("ListSessions"),
  run(input, request, warehouse) {
    if (input.Status === "CLOSED")
      throw new AwsError(
        "ValidationException",
        "NOT_SIMULATED: ListSessions of CLOSED sessions. Sessions that ended are not remembered.",
      )
    if (input.SessionId && (input.Status || input.WorkgroupName || input.ClusterIdentifier || input.Database))
      throw new AwsError(
        "ValidationException",
        "Status, ClusterIdentifier, WorkgroupName and Database cannot be given together with SessionId.",
      )
    const owner = ownerOf(request)
    const all = warehouse.sessions
      .list()
      .filter(
        (session) =>
          (owner === "admin" || session.owner === owner) &&
          (!input.SessionId || session.id === input.SessionId) &&
          (!input.Status || (session.busy ? "BUSY" : "AVAILABLE") === input.Status) &&
          (!input.WorkgroupName || session.workgroup === input.WorkgroupName) &&
          (!input.Database || session.database === input.Database),
      )
    const { items, next } = pageOf(all, input.NextToken, input.MaxResults || 100)
    const Sessions = items.map((session) => ({
      SessionId: session.id,
      Status: session.busy ? "BUSY" : "AVAILABLE",
      CreatedAt: session.createdAt / 1_000,
      UpdatedAt: session.updatedAt / 1_000,
      Database: session.database,
      DbUser: session.user.name,
      WorkgroupName: session.workgroup,
      SessionAliveSeconds: session.keepAliveMs / 1_000,
      SessionTtl: session.expiresAt / 1_000,
    }))
    return { body: { Sessions, NextToken: next } }
  },
})
