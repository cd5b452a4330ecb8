import { NotSimulated, SqlError } from "../sql/error.ts"
import { expression, type Context } from "../sql/expression.ts"
import { closing, findTop, splitCommas, unexpected } from "../sql/scan.ts"
import type { Token } from "../sql/tokens.ts"
import { readTable } from "./names.ts"
import { write, type Planner } from "./plan.ts"
import { query, topToLimit } from "./select.ts"

/**
 * A change reads what its parts would read as one query over the table that changes: so its rights are asked for as those of a query.
 * UPDATE and DELETE need SELECT on their table even without a condition: https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html
 */
const reading = (parts: Token[][], from: Token[][], where: readonly Token[], context: Context): string =>
  `SELECT ${parts.length ? parts.map((part) => expression(part, context)).join(", ") : "1"} FROM ${from.map((part) => expression(part, context)).join(", ")}${
    where.length ? ` WHERE ${expression(topToLimit(where), context)}` : ""
  }`

export const insert: Planner = (tokens, context) => {
  if (tokens[1]?.key !== "INTO") throw new SqlError(unexpected(tokens[1]))
  const { name, end } = readTable(tokens, 2)
  const listed = tokens[end]?.key === "(" && !["SELECT", "WITH", "("].includes(tokens[end + 1]?.key ?? "")
  const rest = tokens.slice(listed ? closing(tokens, end) + 1 : end)
  const needs: Parameters<typeof write>[1] = [{ kind: "use", on: name, any: ["INSERT"] }]
  if (rest[0]?.key !== "DEFAULT") needs.push({ kind: "read", query: query(rest, context) })
  return write("INSERT", needs, expression(topToLimit(tokens), context))
}

export const update: Planner = (tokens, context) => {
  const { name, end } = readTable(tokens, 1)
  const set = findTop(tokens, ["SET"], end)
  if (set < 0) throw new SqlError(unexpected(tokens[end]))
  const where = orEnd(findTop(tokens, ["WHERE"], set), tokens)
  const from = Math.min(orEnd(findTop(tokens, ["FROM"], set), tokens), where)
  const values = splitCommas(tokens.slice(set + 1, from)).map((assignment) => {
    const equals = assignment.findIndex((token) => token.kind === "operator" && token.key === "=")
    if (equals !== 1) throw new NotSimulated("SET with anything but column = value")
    return assignment.slice(2)
  })
  const read = values.filter((value) => value[0]?.key !== "DEFAULT")
  const query = reading(read, [tokens.slice(1, set), ...lists(tokens, from + 1, where)], tokens.slice(where + 1), context)
  return write(
    "UPDATE",
    [
      { kind: "use", on: name, any: ["UPDATE"] },
      { kind: "read", query },
    ],
    expression(topToLimit(tokens), context),
  )
}

export const remove: Planner = (tokens, context) => {
  const all =
    tokens[1]?.key === "FROM"
      ? tokens
      : [tokens[0]!, { kind: "word", text: "FROM", key: "FROM", start: 0 } as const, ...tokens.slice(1)]
  const { name, end } = readTable(all, 2)
  const where = orEnd(findTop(all, ["WHERE"], end), all)
  const using = Math.min(orEnd(findTop(all, ["USING"], end), all), where)
  const query = reading([], [all.slice(2, using), ...lists(all, using + 1, where)], all.slice(where + 1), context)
  return write(
    "DELETE",
    [
      { kind: "use", on: name, any: ["DELETE"] },
      { kind: "read", query },
    ],
    expression(topToLimit(all), context),
  )
}

const orEnd = (at: number, tokens: readonly Token[]): number => (at < 0 ? tokens.length : at)
const lists = (tokens: Token[], from: number, to: number): Token[][] => (from < to ? [tokens.slice(from, to)] : [])
