import { aliasOf, isName, isTableName } from "../sql/names.ts"
import { RESERVED } from "./reserved.ts"
import { startsWith } from "../sql/scan.ts"
import type { Token } from "../sql/tokens.ts"

/** Operators of the engine or of PostgreSQL that Redshift does not have. */
const OPERATORS: Record<string, string> = {
  "[": "arrays and subscripts",
  "{": "structs",
  "->": "-> (write JSON_EXTRACT_PATH_TEXT)",
  "->>": "->> (write JSON_EXTRACT_PATH_TEXT)",
  "**": "** (write POWER)",
  "==": "== (write =)",
  ":=": "named arguments",
  "=>": "named arguments",
  "@>": "arrays",
  "<@": "arrays",
  "?": "? parameters (write :name)",
  $: "$ parameters (write :name)",
  $$: "$$ quoting",
  "@": "@",
  "!": "!",
  "\\": "a backslash",
  "~*": "~* (write LOWER(x) ~ …)",
  "!~*": "!~* (write LOWER(x) !~ …)",
  "~~": "~~ (write LIKE)",
  "!~~": "!~~ (write NOT LIKE)",
  "~~*": "~~* (write ILIKE)",
  "!~~*": "!~~* (write NOT ILIKE)",
  ":": ": without a parameter name",
}

/** Constructs told by the words they begin with. The engine accepts most of them, so only this list keeps them out. */
const SEQUENCES: [words: string, construct: string][] = [
  ["ON CONFLICT", "ON CONFLICT (write MERGE)"],
  ["RETURNING", "RETURNING"],
  ["DISTINCT ON", "DISTINCT ON (write ROW_NUMBER() and QUALIFY)"],
  [") FILTER (", "FILTER (WHERE …) (write CASE inside the aggregate)"],
  ["DISTINCT FROM", "IS DISTINCT FROM"],
  ["LATERAL", "LATERAL"],
  ["ORDER BY ALL", "ORDER BY ALL"],
  ["GROUP BY ALL", "GROUP BY ALL"],
  ["CREATE INDEX", "CREATE INDEX (Redshift has sort keys)"],
  ["CREATE UNIQUE INDEX", "CREATE INDEX (Redshift has sort keys)"],
  ["CREATE FUNCTION", "CREATE FUNCTION"],
  ["CREATE OR REPLACE FUNCTION", "CREATE FUNCTION"],
  ["CREATE PROCEDURE", "procedures"],
  ["CREATE OR REPLACE PROCEDURE", "procedures"],
  ["CREATE TYPE", "CREATE TYPE"],
  ["CREATE SEQUENCE", "CREATE SEQUENCE (write IDENTITY)"],
  ["CREATE MACRO", "CREATE MACRO"],
  ["FETCH", "FETCH (write LIMIT)"],
  ["TABLESAMPLE", "TABLESAMPLE"],
  ["USING SAMPLE", "USING SAMPLE"],
  ["ASOF JOIN", "ASOF JOIN"],
  ["POSITIONAL JOIN", "POSITIONAL JOIN"],
  ["SEMI JOIN", "SEMI JOIN (write EXISTS)"],
  ["ANTI JOIN", "ANTI JOIN (write NOT EXISTS)"],
  ["* EXCLUDE (", "EXCLUDE"],
  ["UNION BY NAME", "BY NAME"],
  ["UNION ALL BY NAME", "BY NAME"],
  ["INSERT OR", "INSERT OR …"],
  ["CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP (write GETDATE())"],
  ["LOCALTIMESTAMP", "LOCALTIMESTAMP (write GETDATE())"],
  ["CURRENT_TIME", "CURRENT_TIME"],
  ["INFORMATION_SCHEMA .", "INFORMATION_SCHEMA (write SVV_TABLES or SVV_COLUMNS)"],
  ["GLOB", "GLOB"],
  ["NOT GLOB", "GLOB"],
  ["COLUMNS (", "COLUMNS()"],
  ["ARRAY [", "arrays"],
  ["GROUPS BETWEEN", "GROUPS frames"],
  ["UNNEST", "UNNEST (split in the staging SQL)"],
  ["REDSHIFT_SYSTEM .", "redshift_system"],
  ["PG_CATALOG .", "PG_CATALOG (write SVV_TABLES or SVV_COLUMNS)"],
]

const BY_FIRST = new Map<string, { words: string[]; construct: string }[]>()
for (const [text, construct] of SEQUENCES) {
  const words = text.split(" ")
  BY_FIRST.set(words[0]!, [...(BY_FIRST.get(words[0]!) ?? []), { words, construct }])
}

const sequenceAt = (tokens: readonly Token[], at: number): string | undefined =>
  BY_FIRST.get(tokens[at]!.key)?.find(({ words }) => startsWith(tokens, at, ...words))?.construct

/** What the token at `at` starts that only one of the two engines knows. */
export function foreignWord(tokens: readonly Token[], at: number): string | undefined {
  const token = tokens[at]!
  if (token.kind === "operator" && (token.key === ")" || token.key === "*")) return sequenceAt(tokens, at)
  if (token.kind === "operator" && Object.hasOwn(OPERATORS, token.key)) return OPERATORS[token.key]
  if (token.kind === "string")
    return token.text.includes("\\")
      ? "a backslash in a literal (an escape in Redshift only): write classes such as [0-9]"
      : undefined
  if (token.kind !== "word" || tokens[at - 1]?.key === ".") return undefined
  const named = isName(tokens, at) && !RESERVED.has(token.key)
  const construct = named || (token.key === "GLOB" && aliasOf(tokens, at)) ? undefined : sequenceAt(tokens, at)
  if (construct) return construct
  // INSERT INTO t BY NAME, and nothing else before the words.
  if (
    startsWith(tokens, at, "BY", "NAME") &&
    tokens[0]?.key === "INSERT" &&
    !["ORDER", "GROUP", "PARTITION"].includes(tokens[at - 1]!.key)
  )
    return "BY NAME"
  if (token.key === "AT" && tokens[at + 1]?.key !== "TIME") return "a name `at` (breaks the local engine): write recorded_at"
  if (token.key === "INTERVAL" && tokens[at + 1]?.kind !== "string") return "INTERVAL without a quoted value"
  if (token.key === "E" && tokens[at + 1]?.kind === "string" && tokens[at + 1]!.start === token.start + 1) return "E'…' literals"
  if (
    /^(?:SVV|SYS|STL|STV|SVL|SVCS|PG|DUCKDB)_/.test(token.key) &&
    !["SVV_TABLES", "SVV_COLUMNS", "PG_LAST_COPY_COUNT"].includes(token.key) &&
    (isTableName(tokens, at) || tokens[at + 1]?.key === "(")
  )
    return `${token.text} (only SVV_TABLES and SVV_COLUMNS)`
  if (token.key === "VALUES" && !isName(tokens, at) && !valuesOfInsert(tokens, at))
    return "VALUES as a table (write SELECT … UNION ALL SELECT …)"
  return undefined
}

/** VALUES belongs to INSERT INTO t (…) and to MERGE's INSERT only. */
function valuesOfInsert(tokens: readonly Token[], at: number): boolean {
  let depth = 0
  for (const token of tokens.slice(0, at)) depth += token.key === "(" ? 1 : token.key === ")" ? -1 : 0
  const before = tokens[at - 1]
  return (
    depth === 0 &&
    ["INSERT", "MERGE"].includes(tokens[0]!.key) &&
    (before?.key === ")" || before?.kind === "quoted" || (before?.kind === "word" && before.key !== "FROM"))
  )
}
