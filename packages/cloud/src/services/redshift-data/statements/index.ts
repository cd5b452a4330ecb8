import { NotSimulated, SqlError } from "../sql/error.ts"
import { expression, type Context } from "../sql/expression.ts"
import { findTop, startsWith, unexpected } from "../sql/scan.ts"
import { splitStatements, tokenize, type Token } from "../sql/tokens.ts"
import { alterTable } from "./alter-table.ts"
import { copy } from "./copy.ts"
import { createTable } from "./create-table.ts"
import { merge } from "./merge.ts"
import { readTable } from "./names.ts"
import type { Need } from "../rights/need.ts"
import { creates, drops, without, write, type Plan, type Planner } from "./plan.ts"
import { insert, remove, update } from "./change.ts"
import { alterDefault, grant, revoke } from "./grant.ts"
import { alterGroup, createPrincipal, dropPrincipal } from "./roles.ts"
export type { Plan } from "./plan.ts"
import { query, select } from "./select.ts"

/** Writers take turns here, so a lock only has to name a table that exists. An exclusive one needs what lets the table be changed, as in PostgreSQL. */
const lock: Planner = (tokens) => {
  const steps: Plan["steps"] = []
  const needs: Need[] = []
  for (const { name, sql } of tableList(tokens, tokens[1]?.key === "TABLE" ? 2 : 1)) {
    needs.push({ kind: "use", on: name, any: ["UPDATE", "DELETE", "TRUNCATE"] })
    steps.push({ kind: "run", sql: `SELECT 1 FROM ${sql} LIMIT 0` })
  }
  return { ...without("LOCK", "writers are serialised already", needs, steps), writes: true }
}

/** `a, b.c` from `at` on. */
function tableList(tokens: Token[], at: number) {
  const tables = [readTable(tokens, at)]
  while (tokens[tables.at(-1)!.end]?.key === ",") tables.push(readTable(tokens, tables.at(-1)!.end + 1))
  return tables
}

const PRINCIPALS = ["ROLE", "USER", "GROUP"] as const
const principalOf = (token: Token | undefined) => PRINCIPALS.find((kind) => token?.kind === "word" && token.key === kind)

const RESERVED_SCHEMAS = /^(?:pg_.*|main|temp|system|redshift_system|information_schema)$/

const createSchema: Planner = (tokens) => {
  const skip = startsWith(tokens, 2, "IF", "NOT", "EXISTS") ? 5 : 2
  const { sql, name, end } = readTable(tokens, skip)
  if (tokens.length > end) throw new NotSimulated(`CREATE SCHEMA … ${tokens[end]!.text}`)
  if (RESERVED_SCHEMAS.test(name.table)) throw new SqlError(`unacceptable schema name "${name.table}"`)
  const anyway = skip === 5 || name.table === "public" ? "IF NOT EXISTS " : ""
  return creates("CREATE SCHEMA", [{ kind: "create schema" }], { kind: "run", sql: `CREATE SCHEMA ${anyway}${sql}` })
}

const createView: Planner = (tokens, context) => {
  const binding = findTop(tokens, ["NO"])
  const end = binding > 0 && startsWith(tokens, binding - 1, "WITH", "NO", "SCHEMA", "BINDING") ? binding - 1 : tokens.length
  const kept: Context = { parameters: context.parameters }
  const { name, end: after } = readTable(tokens, tokens[1]!.key === "OR" ? 4 : 2)
  const as = findTop(tokens, ["AS"], after)
  if (as < 0) throw new SqlError("syntax error at end of input")
  const sql = query(tokens.slice(0, end), kept)
  const body = query(tokens.slice(as + 1, end), kept)
  context.usesClock ||= kept.usesClock
  return creates(
    "CREATE VIEW",
    [
      { kind: "create", table: name, temporary: false, system: "CREATE OR REPLACE VIEW", replaces: tokens[1]!.key === "OR" },
      { kind: "read", query: body },
    ],
    { kind: "run", sql },
  )
}

const create: Planner = (tokens, context) => {
  const words = tokens.slice(1, 5).map((token) => token.key)
  if (findTop(tokens.slice(0, 4), ["TABLE"]) > 0) return createTable(tokens, context)
  if (words[0] === "SCHEMA") return createSchema(tokens, context)
  if (words[0] === "VIEW" || (words[0] === "OR" && words[2] === "VIEW")) return createView(tokens, context)
  const kind = principalOf(tokens[1])
  if (kind) return createPrincipal(tokens, kind)
  throw new NotSimulated(`CREATE ${words[0] ?? ""}`)
}

const drop: Planner = (tokens, context) => {
  const kind = principalOf(tokens[1])
  if (kind) return dropPrincipal(tokens, kind)
  const what = tokens[1]?.key ?? ""
  if (!["TABLE", "VIEW", "SCHEMA"].includes(what)) throw new NotSimulated(`DROP ${what}`)
  const ifExists = startsWith(tokens, 2, "IF", "EXISTS")
  const needs = tableList(tokens, ifExists ? 4 : 2).map(({ name }): Need => {
    const system = `DROP ${what}`
    return what === "SCHEMA"
      ? { kind: "own schema", schema: name.table === "public" ? "main" : name.table, system, ifExists }
      : { kind: "own", on: name, or: ["DROP"], system, ifExists }
  })
  return drops(`DROP ${what}`, needs, { kind: "run", sql: expression(tokens, context) })
}

const alter: Planner = (tokens, context) => {
  if (tokens[1]?.key === "TABLE") return alterTable(tokens, context)
  if (tokens[1]?.key === "GROUP") return alterGroup(tokens)
  if (startsWith(tokens, 1, "DEFAULT", "PRIVILEGES")) return alterDefault(tokens, context)
  throw new NotSimulated(`ALTER ${tokens[1]?.text ?? ""}`)
}

const truncate: Planner = (tokens) => {
  const { name, sql } = readTable(tokens, tokens[1]?.key === "TABLE" ? 2 : 1)
  return write("TRUNCATE", [{ kind: "own", on: name, or: ["TRUNCATE"], system: "TRUNCATE TABLE" }], `TRUNCATE TABLE ${sql}`)
}

/** VACUUM and ANALYZE have nothing to do here; the table they name has to be one's own, or the role one that looks after all. */
const maintenance =
  (words: string, why: string): Planner =>
  (tokens) => {
    const at = tokens.findIndex((token, i) => i > 0 && !(token.kind === "word" && words.split(" ").includes(token.key)))
    const command = tokens[0]!.key
    if (at < 0 || (tokens[at]!.kind !== "word" && tokens[at]!.kind !== "quoted")) return without(command, why, [])
    return without(command, why, [{ kind: "own", on: readTable(tokens, at).name, system: command }])
  }

const comment: Planner = (tokens) => {
  const relation = ["TABLE", "VIEW"].includes(tokens[2]?.key ?? "")
  return without("COMMENT", "comments are not kept", relation ? [{ kind: "own", on: readTable(tokens, 3).name }] : [])
}

const PLANNERS: Record<string, Planner> = {
  SELECT: select,
  WITH: select,
  "(": select,
  INSERT: insert,
  UPDATE: update,
  DELETE: remove,
  MERGE: merge,
  COPY: copy,
  CREATE: create,
  DROP: drop,
  ALTER: alter,
  LOCK: lock,
  TRUNCATE: truncate,
  VACUUM: maintenance("FULL SORT DELETE ONLY REINDEX RECLUSTER", "the engine keeps no dead rows"),
  ANALYZE: maintenance("VERBOSE COMPRESSION", "the engine keeps its own statistics"),
  GRANT: grant,
  REVOKE: revoke,
  COMMENT: comment,
}

/** How to run one statement. Throws SqlError for what Redshift would refuse and NotSimulated for what this warehouse cannot answer alike. */
export function plan(sql: string, now: string, user = ""): Plan {
  const statements = splitStatements(tokenize(sql))
  const [tokens] = statements
  if (!tokens) throw new SqlError("syntax error at end of input")
  if (statements.length > 1) throw new SqlError("cannot insert multiple commands into a prepared statement")
  return planTokens(tokens, now, user)
}

function planTokens(tokens: Token[], now: string, user: string): Plan {
  const context: Context = { now, user, parameters: new Set() }
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
