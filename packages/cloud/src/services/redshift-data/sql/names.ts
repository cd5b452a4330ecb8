import type { Token } from "./tokens.ts"

/** Words that the engine reserves, or takes for a construct, and Redshift lets name a column: https://docs.aws.amazon.com/redshift/latest/dg/r_pg_keywords.html */
const ENGINE_WORDS = new Set(
  "ANTI ASOF ASYMMETRIC COLLATION COLUMNS CONCURRENTLY DESCRIBE FETCH GENERATED GLOB LAMBDA LATERAL MAP PIVOT_LONGER PIVOT_WIDER POSITIONAL QUALIFY RETURNING SEMI SHOW STRUCT SUMMARIZE SYMMETRIC TABLESAMPLE UNPACK VALUES VARIADIC WINDOW".split(
    " ",
  ),
)

/** After these an expression, a column or an alias begins. */
const BEFORE_NAME = new Set(
  "SELECT DISTINCT WHERE AND OR NOT ON BY WHEN THEN ELSE CASE HAVING BETWEEN SET AS COLUMN ADD LIKE ILIKE".split(" "),
)
const BEFORE_TABLE = new Set("FROM JOIN INTO UPDATE TABLE VIEW USING COPY".split(" "))

/** Whether the word at `at` stands where only a name can: then it is one, whatever else it could begin. */
export function isName(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1]
  const after = tokens[at + 1]
  if (after?.key === "(" || after?.kind === "string") return false
  // An argument of a function is read apart from what stands before it.
  if (!before) return after === undefined || after.kind === "operator"
  if (before.kind === "word") return BEFORE_NAME.has(before.key)
  return before.kind === "operator" && before.key !== ")" && before.key !== "::" && before.key !== "*"
}

export const isTableName = (tokens: readonly Token[], at: number): boolean => BEFORE_TABLE.has(tokens[at - 1]?.key ?? "")

/** Whether the engine would read the name at `at` as something else. */
export const needsQuotes = (tokens: readonly Token[], at: number): boolean =>
  ENGINE_WORDS.has(tokens[at]!.key) && (isName(tokens, at) || tokens[at - 1]?.key === "." || aliasOf(tokens, at))

/** `x glob FROM`, `x glob,`: a name behind an expression that nothing follows but the next part. */
export const aliasOf = (tokens: readonly Token[], at: number): boolean => {
  const before = tokens[at - 1]
  const after = tokens[at + 1]?.key
  return (
    before !== undefined &&
    (before.key === ")" ||
      before.kind === "number" ||
      before.kind === "string" ||
      before.kind === "quoted" ||
      before.kind === "word") &&
    (after === undefined || after === "," || after === "FROM" || after === ")")
  )
}
