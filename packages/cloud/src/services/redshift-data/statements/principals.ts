import { SqlError } from "../sql/error.ts"
import { identifier, quote, unexpected } from "../sql/scan.ts"
import type { Token } from "../sql/tokens.ts"

export interface Principal {
  kind: "user" | "group" | "role" | "public"
  name: string
}

/** A user, role or group by its name; the names of the system's roles have a colon. */
export function readPrincipal(tokens: readonly Token[], at: number): { name: string; end: number } {
  const token = tokens[at]
  if (token?.kind !== "word" && token?.kind !== "quoted") throw new SqlError(unexpected(token))
  const after = tokens[at + 1]
  const colon = token.key === "SYS" && after?.kind === "parameter" && after.start === token.start + token.text.length
  return colon ? { name: `sys:${after.text.toLowerCase()}`, end: at + 2 } : { name: identifier(token), end: at + 1 }
}

/** `name`, `ROLE name`, `GROUP name` or `PUBLIC`, separated by commas, from `at` to the end of them. */
export function readGrantees(tokens: readonly Token[], at: number): { grantees: Principal[]; end: number } {
  const grantees: Principal[] = []
  for (let next = at; ; next++) {
    const word = tokens[next]?.kind === "word" ? tokens[next]!.key : ""
    if (word === "PUBLIC") {
      grantees.push({ kind: "public", name: "" })
      next++
    } else {
      const prefixed = word === "ROLE" || word === "GROUP"
      const { name, end } = readPrincipal(tokens, prefixed ? next + 1 : next)
      grantees.push({ kind: prefixed ? (word === "ROLE" ? "role" : "group") : "user", name })
      next = end
    }
    if (tokens[next]?.key !== ",") return { grantees, end: next }
  }
}

/** Those that somebody must have made. */
export const knownOf = (grantees: readonly Principal[]) => grantees.filter(({ kind }) => kind !== "public")

/** `(kind, name) IN (…)` of these. */
export const isOneOf = (kind: string, name: string, grantees: readonly Principal[]): string =>
  `(${grantees.map((grantee) => `(${kind} = ${quote(grantee.kind)} AND ${name} = ${quote(grantee.name)})`).join(" OR ")})`
