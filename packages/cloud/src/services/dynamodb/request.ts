import type { AwsRequest } from "../../service.ts"
import { tableName } from "./arn.ts"

/** A request as the engine takes it. */
export interface Body {
  json: any
  body: Buffer
}

/** Engines know tables by name; AWS takes an ARN wherever it takes a name. */
function namesOnly(json: any): any {
  if (typeof json !== "object" || json === null) return json
  const named = typeof json.TableName === "string" ? { ...json, TableName: tableName(json.TableName) } : { ...json }
  if (json.RequestItems)
    named.RequestItems = Object.fromEntries(Object.entries(json.RequestItems).map(([table, value]) => [tableName(table), value]))
  if (json.TransactItems)
    named.TransactItems = json.TransactItems.map((item: object) =>
      Object.fromEntries(Object.entries(item).map(([kind, value]) => [kind, namesOnly(value)])),
    )
  return named
}

export function bodyOf(request: AwsRequest): Body {
  if (!request.body.includes("arn:")) return { json: request.json, body: request.body }
  return written(namesOnly(request.json))
}

export const written = (json: any): Body => ({ json, body: Buffer.from(JSON.stringify(json)) })

/** The request with more members; spliced in front where it has none of them, so that a large body is not written anew. */
export function withMembers({ json, body }: Body, members: Readonly<Record<string, unknown>>): Buffer {
  const names = Object.keys(members)
  if (names.length === 0) return body
  if (names.some((name) => json[name] !== undefined)) return Buffer.from(JSON.stringify({ ...json, ...members }))
  const start = body.indexOf("{") + 1
  return Buffer.concat([Buffer.from(`${JSON.stringify(members).slice(0, -1)},`), body.subarray(start)])
}
