import { NotSimulated } from "../sql/error.ts"
import { expression } from "../sql/expression.ts"
import { operandEnd, startsWith } from "../sql/scan.ts"
import { parseType } from "../sql/types.ts"
import { readTable } from "./names.ts"
import { quote } from "../sql/scan.ts"
import type { Need } from "../rights/need.ts"
import { records, without, write, type Planner } from "./plan.ts"
import { readPrincipal } from "./principals.ts"

/** ALTER TABLE: columns and names change; keys, distribution and encoding have no effect here. */
export const alterTable: Planner = (tokens, context) => {
  const { name, sql: table, end: at } = readTable(tokens, 2)
  const exists = { kind: "run", sql: `SELECT 1 FROM ${table} LIMIT 0` } as const
  const own: Need = { kind: "own", on: name, or: ["ALTER"], system: "ALTER TABLE" }
  const verb = tokens[at]?.key
  if (verb === "APPEND") {
    if (tokens[at + 1]?.key !== "FROM") throw new NotSimulated("this form of ALTER TABLE APPEND")
    const { name: from, sql: source } = readTable(tokens, at + 2)
    return write(
      "ALTER TABLE APPEND",
      [own, { ...own, on: from }],
      `INSERT INTO ${table} BY NAME SELECT * FROM ${source}`,
      `DELETE FROM ${source}`,
    )
  }
  if (verb === "RENAME") {
    const words = tokens.slice(at).map((token) => token.text)
    const sql = `ALTER TABLE ${table} ${words.join(" ")}`
    if (tokens[at + 1]?.key !== "TO") return write("ALTER TABLE", [own], sql)
    const renamed = readTable(tokens, at + 2).name.table
    // What was granted on it stays granted, unless a temporary table of that name is meant.
    const moves = ["owner", "privilege"].map(
      (
        kept,
      ) => `UPDATE redshift_system.${kept} SET object = ${quote(renamed)} WHERE place = ${quote(name.schema ?? "main")} AND object = ${quote(name.table)}
        AND NOT EXISTS (SELECT 1 FROM duckdb_tables() t WHERE t.schema_name = place AND t.table_name = object AND NOT t.temporary)`,
    )
    return records("ALTER TABLE", [own], [{ kind: "run", sql }], ...moves)
  }
  if (verb === "OWNER" && tokens[at + 1]?.key === "TO") {
    const owner = readPrincipal(tokens, at + 2).name
    return records(
      "ALTER TABLE",
      [
        { ...own, or: undefined },
        { kind: "known", principals: [{ kind: "user", name: owner }] },
      ],
      [exists],
      `UPDATE redshift_system.owner SET owner = ${quote(owner)} WHERE place = ${quote(name.schema ?? "main")} AND object = ${quote(name.table)}`,
    )
  }
  if (verb === "DROP" && tokens[at + 1]?.key !== "CONSTRAINT") {
    const name = tokens[at + 1]?.key === "COLUMN" ? tokens[at + 2] : tokens[at + 1]
    return write("ALTER TABLE", [own], `ALTER TABLE ${table} DROP COLUMN ${name?.text}`)
  }
  if (verb === "ADD" && !["CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN"].includes(tokens[at + 1]?.key ?? "")) {
    const name = tokens[at + 1]?.key === "COLUMN" ? at + 2 : at + 1
    if (startsWith(tokens, name, "IF", "NOT", "EXISTS"))
      throw new NotSimulated("ADD COLUMN IF NOT EXISTS (not in Redshift: use the migration ledger)")
    const type = parseType(tokens, name + 1, "column")
    const index = tokens.findIndex((token, i) => i >= type.end && token.key === "DEFAULT")
    const fallback = index < 0 ? "" : ` DEFAULT ${expression(tokens.slice(index + 1, operandEnd(tokens, index + 1)), context)}`
    return write("ALTER TABLE", [own], `ALTER TABLE ${table} ADD COLUMN ${tokens[name]!.text} ${type.engine}${fallback}`)
  }
  if (verb === "ALTER" && tokens[at + 1]?.key === "COLUMN" && tokens[at + 3]?.key === "TYPE")
    throw new NotSimulated("ALTER COLUMN … TYPE: add a column and copy")
  if (["ADD", "DROP", "ALTER"].includes(verb ?? ""))
    return without("ALTER TABLE", "keys, distribution and encoding are not simulated", [own], [exists])
  throw new NotSimulated(`ALTER TABLE ${verb ?? ""}`)
}
