import { NotSimulated, SqlError } from "../sql/error.ts"
import { expression } from "../sql/expression.ts"
import { findTop, startsWith, unexpected } from "../sql/scan.ts"
import { readTable } from "./names.ts"
import type { Planner } from "./plan.ts"

/** MERGE INTO target USING table ON … with one update and one insert; Redshift fails where two source rows meet one target row, the engine would not. */
export const merge: Planner = (tokens, context) => {
  if (tokens[1]?.key !== "INTO") throw new SqlError(unexpected(tokens[1]))
  const { name, sql: target, end } = readTable(tokens, 2)
  if (tokens[end]?.key !== "USING") throw new NotSimulated("MERGE with an alias for its target (not in Redshift)")
  if (tokens[end + 1]?.key === "(") throw new NotSimulated("MERGE from a query (Redshift takes a table: stage it first)")
  const on = findTop(tokens, ["ON"], end)
  const when = findTop(tokens, ["WHEN"], end)
  if (findTop(tokens, ["REMOVE"], end) >= 0) throw new NotSimulated("MERGE … REMOVE DUPLICATES")
  if (on < 0 || when < 0) throw new SqlError("syntax error at end of input")
  if (!startsWith(tokens, when, "WHEN", "MATCHED", "THEN"))
    throw new NotSimulated("MERGE whose first clause is not WHEN MATCHED THEN")
  if (tokens.slice(when).some((token) => token.kind === "word" && token.key === "SELECT"))
    throw new NotSimulated("a subquery in a clause of MERGE")
  const source = expression(tokens.slice(end + 1, on), context)
  const condition = expression(tokens.slice(on + 1, when), context)
  const clauses = expression(tokens.slice(when), context)
  return {
    command: "MERGE",
    steps: [
      {
        kind: "refuse",
        sql: `SELECT 1 FROM ${target} JOIN ${source} ON ${condition} GROUP BY ${target}.rowid HAVING COUNT(*) > 1 LIMIT 1`,
        message: "Found multiple matches to update the same tuple.",
      },
      { kind: "run", sql: `MERGE INTO ${target} USING ${source} ON ${condition} ${clauses}` },
    ],
    needs: [
      { kind: "read", query: `SELECT 1 FROM ${target} JOIN ${source} ON ${condition}` },
      ...(["UPDATE", "INSERT", "DELETE"] as const)
        .filter((verb) => tokens.some((token, i) => i > when && token.key === verb && tokens[i - 1]!.key === "THEN"))
        .map((verb) => ({ kind: "use" as const, on: name, any: [verb] })),
    ],
    writes: true,
    rows: false,
  }
}
