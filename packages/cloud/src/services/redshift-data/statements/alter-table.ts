import { NotSimulated } from "../sql/error.ts"
import { expression } from "../sql/expression.ts"
import { operandEnd, startsWith } from "../sql/scan.ts"
import { parseType } from "../sql/types.ts"
import { readTable } from "./names.ts"
import { without, write, type Planner } from "./plan.ts"

/** ALTER TABLE: columns and names change; keys, distribution and encoding have no effect here. */
export const alterTable: Planner = (tokens, context) => {
  const { sql: table, end: at } = readTable(tokens, 2)
  const exists = { kind: "run", sql: `SELECT 1 FROM ${table} LIMIT 0` } as const
  const verb = tokens[at]?.key
  if (verb === "APPEND") {
    if (tokens[at + 1]?.key !== "FROM") throw new NotSimulated("this form of ALTER TABLE APPEND")
    const source = readTable(tokens, at + 2).sql
    return write("ALTER TABLE APPEND", `INSERT INTO ${table} BY NAME SELECT * FROM ${source}`, `DELETE FROM ${source}`)
  }
  if (verb === "RENAME")
    return write(
      "ALTER TABLE",
      `ALTER TABLE ${table} ${tokens
        .slice(at)
        .map((token) => token.text)
        .join(" ")}`,
    )
  if (verb === "DROP" && tokens[at + 1]?.key !== "CONSTRAINT") {
    const name = tokens[at + 1]?.key === "COLUMN" ? tokens[at + 2] : tokens[at + 1]
    return write("ALTER TABLE", `ALTER TABLE ${table} DROP COLUMN ${name?.text}`)
  }
  if (verb === "ADD" && !["CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN"].includes(tokens[at + 1]?.key ?? "")) {
    const name = tokens[at + 1]?.key === "COLUMN" ? at + 2 : at + 1
    if (startsWith(tokens, name, "IF", "NOT", "EXISTS"))
      throw new NotSimulated("ADD COLUMN IF NOT EXISTS (not in Redshift: use the migration ledger)")
    const type = parseType(tokens, name + 1, "column")
    const index = tokens.findIndex((token, i) => i >= type.end && token.key === "DEFAULT")
    const fallback = index < 0 ? "" : ` DEFAULT ${expression(tokens.slice(index + 1, operandEnd(tokens, index + 1)), context)}`
    return write("ALTER TABLE", `ALTER TABLE ${table} ADD COLUMN ${tokens[name]!.text} ${type.engine}${fallback}`)
  }
  if (verb === "ALTER" && tokens[at + 1]?.key === "COLUMN" && tokens[at + 3]?.key === "TYPE")
    throw new NotSimulated("ALTER COLUMN … TYPE: add a column and copy")
  if (["ADD", "DROP", "ALTER", "OWNER"].includes(verb ?? ""))
    return without("ALTER TABLE", "keys, owners, distribution and encoding are not simulated", [exists])
  throw new NotSimulated(`ALTER TABLE ${verb ?? ""}`)
}
