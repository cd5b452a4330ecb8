import type { Call } from "../functions/rule.ts"
import { callEnd, closing, splitCommas, startsWith } from "./scan.ts"
import { isTypeName } from "./types.ts"
import type { Token } from "./tokens.ts"

/** Words before a bracket that do not call anything. */
const NOT_CALLS = new Set(
  (
    "ALL AND ANY AS INSERT BETWEEN BY CASE CUBE DEFAULT DISTINCT ELSE EXCEPT EXISTS FROM GROUP HAVING IDENTITY IN INCLUDE INTERSECT INTO IS JOIN KEY LIKE ILIKE LIMIT MINUS NOT OFFSET ON OR ORDER " +
    "OVER PARTITION PIVOT UNPIVOT QUALIFY RETURNING ROLLUP ROWS SELECT SET SETS SOME SORTKEY DISTKEY TABLE TEMP THEN TO UNION UNIQUE UPDATE USING VALUES VIEW WHEN WHERE WITH WITHIN CHECK TOP FILTER REFERENCES FOR LATERAL"
  ).split(" "),
)
/** After these a name with brackets is a table with its columns. */
const BEFORE_TABLE = new Set([
  "INTO",
  "TABLE",
  "COPY",
  "VIEW",
  "REFERENCES",
  "EXISTS",
  "UPDATE",
  "AS",
  ")",
  "WITH",
  "RECURSIVE",
  "INSERT",
])

/** After these a type's name with brackets is meant as a function. */
const BEFORE_VALUE = new Set("SELECT WHERE AND OR NOT ON BY WHEN THEN ELSE BETWEEN HAVING IN DISTINCT".split(" "))

/** Whether the word at `at` calls a function: it stands before a bracket and is no keyword, type, table or named query. */
export function isCall(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at]!
  if ((token.kind !== "word" && token.kind !== "quoted") || tokens[at + 1]?.key !== "(" || NOT_CALLS.has(token.key)) return false
  let from = at
  while (tokens[from - 1]?.key === "." && from >= 2) from -= 2
  const before = tokens[from - 1]
  if (before && (BEFORE_TABLE.has(before.key) || before.kind === "quoted")) return false
  if (isTypeName(token.key) && (before?.key === "::" || (before?.kind === "word" && !BEFORE_VALUE.has(before.key)))) return false
  const close = closing(tokens, at + 1)
  return !(startsWith(tokens, close + 1, "AS", "(") && ["WITH", "RECURSIVE", ","].includes(before?.key ?? ""))
}

/** The call at `at`, and the index after it with everything that belongs to it. */
export function readCall(tokens: readonly Token[], at: number): { call: Omit<Call, "sql">; end: number } {
  const close = closing(tokens, at + 1)
  const end = callEnd(tokens, at + 1)
  let args = splitCommas(tokens.slice(at + 2, close))
  const call: Omit<Call, "sql"> = { name: tokens[at]!.key, args, ignoreNulls: false }
  // Both places are accepted: LAG(x) IGNORE NULLS and LAG(x IGNORE NULLS).
  const last = args.at(-1)
  if (last && startsWith(last, last.length - 2, "IGNORE", "NULLS")) {
    args = [...args.slice(0, -1), last.slice(0, -2)]
    call.args = args
    call.ignoreNulls = true
  }
  let next = close + 1
  if (startsWith(tokens, next, "WITHIN", "GROUP", "(")) {
    const inner = closing(tokens, next + 2)
    call.within = tokens.slice(next + 3, inner)
    next = inner + 1
  }
  if (startsWith(tokens, next, "IGNORE", "NULLS")) call.ignoreNulls = true
  if (startsWith(tokens, next, "IGNORE", "NULLS") || startsWith(tokens, next, "RESPECT", "NULLS")) next += 2
  if (tokens[next]?.key === "OVER")
    call.over =
      tokens[next + 1]?.key === "(" ? tokens.slice(next + 2, closing(tokens, next + 1)) : tokens.slice(next + 1, next + 2)
  return { call, end }
}
