import { NotSimulated, SqlError } from "../sql/error.ts"
import { expression, type Context } from "../sql/expression.ts"
import { findTop, startsWith, unexpected } from "../sql/scan.ts"
import { splitStatements, tokenize, type Token } from "../sql/tokens.ts"
import { alterTable } from "./alter-table.ts"
import { copy } from "./copy.ts"
import { createTable } from "./create-table.ts"
import { merge } from "./merge.ts"
import { readTable } from "./names.ts"
import { without, write, type Plan, type Planner } from "./plan.ts"
export type { Plan } from "./plan.ts"
import { query, select, topToLimit } from "./select.ts"

const change: Planner = (tokens, context) => write(tokens[0]!.key, expression(topToLimit(tokens), context))

const deleteFrom: Planner = (tokens, context) =>
  write(
    "DELETE",
    expression(
      tokens[1]?.key === "FROM"
        ? tokens
        : [tokens[0]!, { kind: "word", text: "FROM", key: "FROM", start: 0 }, ...tokens.slice(1)],
      context,
    ),
  )

/** Writers take turns here, so a lock only has to name a table that exists. */
const lock: Planner = (tokens) => {
  let at = tokens[1]?.key === "TABLE" ? 2 : 1
  const steps: Plan["steps"] = []
  for (; at < tokens.length; at++) {
    const { sql, end } = readTable(tokens, at)
    steps.push({ kind: "run", sql: `SELECT 1 FROM ${sql} LIMIT 0` })
    at = end
    if (tokens[at]?.key !== ",") break
  }
  return { ...without("LOCK", "writers are serialised already", steps), writes: true }
}

const create: Planner = (tokens, context) => {
  const words = tokens.slice(1, 5).map((token) => token.key)
  if (findTop(tokens.slice(0, 4), ["TABLE"]) > 0) return createTable(tokens, context)
  if (words[0] === "SCHEMA") {
    const skip = startsWith(tokens, 2, "IF", "NOT", "EXISTS") ? 5 : 2
    const { sql, name } = readTable(tokens, skip)
    return write("CREATE SCHEMA", `CREATE SCHEMA ${skip === 5 || name.table === "public" ? "IF NOT EXISTS " : ""}${sql}`)
  }
  if (words[0] === "VIEW" || (words[0] === "OR" && words[2] === "VIEW")) {
    const binding = findTop(tokens, ["NO"])
    const end = binding > 0 && startsWith(tokens, binding - 1, "WITH", "NO", "SCHEMA", "BINDING") ? binding - 1 : tokens.length
    const kept: Context = { parameters: context.parameters }
    const sql = query(tokens.slice(0, end), kept)
    context.usesClock ||= kept.usesClock
    return write("CREATE VIEW", sql)
  }
  if (words.some((word) => ["ROLE", "USER", "GROUP"].includes(word)))
    return without(`CREATE ${words[0]}`, "database users and roles are not simulated: IAM decides who may run statements")
  throw new NotSimulated(`CREATE ${words[0] ?? ""}`)
}

const drop: Planner = (tokens, context) => {
  const what = tokens[1]?.key ?? ""
  if (["ROLE", "USER", "GROUP"].includes(what)) return without(`DROP ${what}`, "database users and roles are not simulated")
  if (!["TABLE", "VIEW", "SCHEMA"].includes(what)) throw new NotSimulated(`DROP ${what}`)
  return write(`DROP ${what}`, expression(tokens, context))
}

const alter: Planner = (tokens, context) => {
  if (tokens[1]?.key === "TABLE") return alterTable(tokens, context)
  if (["ROLE", "USER", "GROUP", "DEFAULT"].includes(tokens[1]?.key ?? ""))
    return without(`ALTER ${tokens[1]!.key}`, "database users and roles are not simulated")
  throw new NotSimulated(`ALTER ${tokens[1]?.text ?? ""}`)
}

const noEffect =
  (why: string): Planner =>
  (tokens) =>
    without(tokens[0]!.key, why)

const PLANNERS: Record<string, Planner> = {
  SELECT: select,
  WITH: select,
  "(": select,
  INSERT: change,
  UPDATE: change,
  DELETE: deleteFrom,
  MERGE: merge,
  COPY: copy,
  CREATE: create,
  DROP: drop,
  ALTER: alter,
  LOCK: lock,
  TRUNCATE: (tokens) => write("TRUNCATE", `TRUNCATE TABLE ${readTable(tokens, tokens[1]?.key === "TABLE" ? 2 : 1).sql}`),
  VACUUM: noEffect("the engine keeps no dead rows"),
  ANALYZE: noEffect("the engine keeps its own statistics"),
  GRANT: noEffect("database privileges are not simulated"),
  REVOKE: noEffect("database privileges are not simulated"),
  COMMENT: noEffect("comments are not kept"),
}

/** How to run one statement. Throws SqlError for what Redshift would refuse and NotSimulated for what this warehouse cannot answer alike. */
export function plan(sql: string, now: string): Plan {
  const statements = splitStatements(tokenize(sql))
  const [tokens] = statements
  if (!tokens) throw new SqlError("syntax error at end of input")
  if (statements.length > 1) throw new SqlError("cannot insert multiple commands into a prepared statement")
  return planTokens(tokens, now)
}

function planTokens(tokens: Token[], now: string): Plan {
  const context: Context = { now, parameters: new Set() }
  const first = tokens[0]!
  const planner = PLANNERS[first.key]
  if (!planner) throw KNOWN.has(first.key) ? new NotSimulated(first.key) : new SqlError(unexpected(first))
  return { ...planner(tokens, context), context }
}

/** Statements of Redshift that are not run here. */
const KNOWN = new Set(
  "BEGIN START COMMIT END ROLLBACK ABORT SET RESET SHOW EXPLAIN UNLOAD CALL REFRESH PREPARE EXECUTE DEALLOCATE DECLARE FETCH CLOSE CANCEL USE ATTACH DETACH DESC".split(
    " ",
  ),
)
