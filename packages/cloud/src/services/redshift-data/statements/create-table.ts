import { NotSimulated, SqlError } from "../sql/error.ts"
import { expression, type Context } from "../sql/expression.ts"
import { closing, findTop, identifier, operandEnd, quote, splitCommas, startsWith, unexpected } from "../sql/scan.ts"
import { parseType } from "../sql/types.ts"
import type { Token } from "../sql/tokens.ts"
import { query } from "./select.ts"
import { quoteName, readTable } from "./names.ts"
import type { Need } from "../rights/need.ts"
import type { TableName } from "../sql/table-name.ts"
import { creates, type Planned, type Step } from "./plan.ts"

/** CREATE [TEMP] TABLE with Redshift's physical attributes; keys are information there and are left out, or the laptop would hide duplicates that Redshift keeps. */
export function createTable(tokens: Token[], context: Context): Planned {
  let at = 1
  let temporary = false
  for (; tokens[at] && tokens[at]!.key !== "TABLE"; at++) temporary ||= tokens[at]!.key.startsWith("TEMP")
  at++
  const ifNotExists = startsWith(tokens, at, "IF", "NOT", "EXISTS")
  if (ifNotExists) at += 3
  temporary ||= tokens[at]?.key.startsWith("#") ?? false
  const { name, sql: table, end } = readTable(tokens, at)
  const head = `CREATE ${temporary ? "TEMP " : ""}TABLE ${ifNotExists ? "IF NOT EXISTS " : ""}${table}`
  const as = findTop(tokens, ["AS"], end)
  const need: Need = { kind: "create", table: name, temporary, system: "CREATE TABLE" }
  if (as >= 0) return asQuery(head, tokens, end, as, context, need)
  if (tokens[end]?.key !== "(") throw new SqlError(unexpected(tokens[end]))
  const close = closing(tokens, end)
  const items = splitCommas(tokens.slice(end + 1, close))
  if (items[0]?.[0]?.key === "LIKE") {
    if (items.length > 1) throw new NotSimulated("LIKE together with other columns")
    const { name: source, sql } = readTable(items[0], 1)
    const read: Need = { kind: "read", query: `SELECT * FROM ${sql}` }
    return creates("CREATE TABLE", [need, read], { kind: "like", table, ifNotExists, temporary, source })
  }
  // A default asks the clock when a row is written, not when the table is made.
  const kept: Context = { parameters: context.parameters }
  const before: Step[] = []
  const key = items
    .filter((item) => isConstraint(item) && item.some((token) => token.key === "PRIMARY"))
    .flatMap((item) => item.filter((token) => token.kind !== "operator").map(identifier))
  const columns = items.filter((item) => !isConstraint(item)).map((item) => column(item, name, kept, before, key))
  context.usesClock ||= kept.usesClock
  return creates("CREATE TABLE", [need], ...before, { kind: "run", sql: `${head} (${columns.join(", ")})` })
}

function asQuery(head: string, tokens: Token[], end: number, as: number, context: Context, need: Need): Planned {
  // Names for the columns may stand before AS; a DISTKEY (column) looks alike, so only a bracket right behind the name counts.
  const names =
    tokens[end]?.key === "("
      ? `(${tokens
          .slice(end + 1, closing(tokens, end))
          .map((token) => token.text)
          .join(" ")})`
      : ""
  let body = tokens.slice(as + 1)
  if (body[0]?.key === "(" && closing(body, 0) === body.length - 1) body = body.slice(1, -1)
  const sql = query(body, context)
  return creates("CREATE TABLE AS", [need, { kind: "read", query: sql }], { kind: "run", sql: `${head}${names} AS ${sql}` })
}

const isConstraint = (item: Token[]): boolean =>
  item[0]?.kind === "word" &&
  (item[0].key === "CONSTRAINT" ||
    ((item[0].key === "PRIMARY" || item[0].key === "FOREIGN") && item[1]?.key === "KEY") ||
    (item[0].key === "UNIQUE" && item[1]?.key === "("))

function column(item: Token[], table: TableName, context: Context, before: Step[], key: readonly string[]): string {
  const name = identifier(item[0]!)
  const sql = quoteName(name)
  const type = parseType(item, 1, "column")
  let notNull = key.includes(name)
  let fallback = ""
  for (let at = type.end; at < item.length;) {
    const word = item[at]!.key
    if (startsWith(item, at, "NOT", "NULL") || startsWith(item, at, "PRIMARY", "KEY")) {
      notNull = true
      at += 2
    } else if (word === "DEFAULT") {
      const end = operandEnd(item, at + 1)
      fallback = ` DEFAULT ${expression(item.slice(at + 1, end), context)}`
      at = end
    } else if (word === "IDENTITY") {
      fallback = identity(item, at, table, name, before)
      at = closing(item, at + 1) + 1
    } else if (startsWith(item, at, "GENERATED", "BY", "DEFAULT", "AS")) at += 4
    else if (word === "ENCODE" || word === "COLLATE") at += 2
    else if (word === "REFERENCES") {
      at = readTable(item, at + 1).end
      if (item[at]?.key === "(") at = closing(item, at) + 1
    } else if (["NULL", "UNIQUE", "DISTKEY", "SORTKEY"].includes(word)) at++
    else throw new SqlError(unexpected(item[at]))
  }
  const check = type.bytes === undefined || type.bytes >= 65_535 ? "" : ` CHECK (strlen(${sql}) <= ${type.bytes})`
  return `${sql} ${type.engine}${fallback}${notNull ? " NOT NULL" : ""}${check}`
}

function identity(item: Token[], at: number, table: TableName, column_: string, before: Step[]): string {
  const [seed, step] = splitCommas(item.slice(at + 2, closing(item, at + 1))).map((part) =>
    part.map((token) => token.text).join(""),
  )
  const sequence = `redshift_system.${quoteName(`${table.schema ?? "main"}_${table.table}_${column_}`)}`
  before.push({
    kind: "run",
    sql: `CREATE SEQUENCE IF NOT EXISTS ${sequence} START WITH ${Number(seed)} INCREMENT BY ${Number(step)}`,
  })
  return ` DEFAULT nextval(${quote(sequence)})`
}
