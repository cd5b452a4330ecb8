import { NotSimulated } from "../sql/error.ts"
import { expression } from "../sql/expression.ts"
import { labelled } from "../sql/labels.ts"
import { findTop } from "../sql/scan.ts"
import type { Token } from "../sql/tokens.ts"
import { readTable } from "./names.ts"
import { creates, type Planner } from "./plan.ts"

const SET_OPERATIONS = ["UNION", "EXCEPT", "INTERSECT", "MINUS"]

/** SELECT, WITH … SELECT and SELECT … INTO table. */
export const select: Planner = (tokens, context) => {
  const changes = findTop(tokens, ["INSERT", "UPDATE", "DELETE", "MERGE"])
  if (changes >= 0) throw new NotSimulated("WITH in front of a change (write INSERT INTO … WITH …)")
  const into = findTop(tokens, ["INTO"])
  if (into < 0) {
    const sql = query(tokens, context)
    return { command: "SELECT", steps: [{ kind: "run", sql }], needs: [{ kind: "read", query: sql }], writes: false, rows: true }
  }
  let at = into + 1
  while (["TEMP", "TEMPORARY", "TABLE", "LOCAL"].includes(tokens[at]?.key ?? "")) at++
  const temporary = tokens.slice(into, at).some((token) => token.key.startsWith("TEMP")) || tokens[at]?.key.startsWith("#")
  const { name, sql, end } = readTable(tokens, at)
  const rest = query([...tokens.slice(0, into), ...tokens.slice(end)], context)
  return creates(
    "SELECT INTO",
    [
      { kind: "create", table: name, temporary: temporary ?? false, system: "CREATE TABLE" },
      { kind: "read", query: rest },
    ],
    { kind: "run", sql: `CREATE ${temporary ? "TEMP " : ""}TABLE ${sql} AS ${rest}` },
  )
}

/** Engine SQL of a query. */
export const query = (tokens: readonly Token[], context: Parameters<Planner>[1]): string =>
  expression(labelled(topToLimit(tokens)), context)

/** SELECT TOP n … is … LIMIT n at the end of its own query block. */
export function topToLimit(tokens: readonly Token[]): readonly Token[] {
  const top = tokens.findIndex(
    (token, i) =>
      token.key === "TOP" &&
      token.kind === "word" &&
      tokens[i + 1]?.kind === "number" &&
      ["SELECT", "ALL", "DISTINCT"].includes(tokens[i - 1]?.key ?? ""),
  )
  if (top < 0) return tokens
  let end = top
  for (let depth = 0; end < tokens.length; end++) {
    if (tokens[end]!.key === "(") depth++
    else if (tokens[end]!.key === ")" && --depth < 0) break
    else if (depth === 0 && SET_OPERATIONS.includes(tokens[end]!.key))
      throw new NotSimulated("TOP in a set operation: put it into brackets")
  }
  const limit: Token = { kind: "word", text: "LIMIT", key: "LIMIT", start: 0 }
  return topToLimit([...tokens.slice(0, top), ...tokens.slice(top + 2, end), limit, tokens[top + 1]!, ...tokens.slice(end)])
}
