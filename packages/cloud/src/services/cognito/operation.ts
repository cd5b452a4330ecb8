import { AwsError } from "../../service.ts"
import type { Kept } from "./kept.ts"
import type { Client, Pool } from "./pool.ts"
import type { TokenIssuer } from "./tokens.ts"

/** What operations work on. */
export interface Directory {
  pools: Map<string, Pool>
  tokens: TokenIssuer
  kept: Kept
  now(): number
}

export interface Operation {
  /** Operations of administrators are checked against IAM on the pool's ARN; the others are open and prove themselves by token or password. */
  admin: boolean
  run(input: any, directory: Directory): unknown
}

export const invalid = (message: string) => new AwsError("InvalidParameterException", message)

export function poolOf({ pools }: Directory, id: unknown): Pool {
  const pool = pools.get(String(id))
  if (!pool) throw new AwsError("ResourceNotFoundException", `User pool ${id} does not exist.`)
  return pool
}

export function clientOf({ pools }: Directory, id: unknown): { pool: Pool; client: Client } {
  for (const pool of pools.values()) {
    const client = pool.clients.get(String(id))
    if (client) return { pool, client }
  }
  throw new AwsError("ResourceNotFoundException", `User pool client ${id} does not exist.`)
}

/** `[{Name, Value}]` of a request. */
export function attributesOf(list: unknown): Map<string, string> {
  if (list === undefined) return new Map()
  if (!Array.isArray(list)) throw invalid("UserAttributes must be a list.")
  return new Map(list.map(({ Name, Value }) => [String(Name), String(Value ?? "")]))
}
