export interface SqlToken {
  kind: "keyword" | "text" | "number" | "parameter" | "comment" | "plain"
  text: string
}

const KEYWORDS =
  /^(select|distinct|from|where|and|or|not|in|is|null|as|on|join|left|right|inner|outer|cross|full|group|order|by|having|limit|offset|union|all|with|case|when|then|else|end|asc|desc|between|like|ilike|cast|over|partition|interval|date|timestamp|exists|nulls|first|last|true|false)$/i
const TOKEN = /--[^\n]*|'(?:[^']|'')*'|(?<![:\w]):[a-z_]\w*|\$\d+|\b\d+(?:\.\d+)?\b|\b[a-z_]\w*\b|[^\w':$-]+|./gi

/** Clauses that begin a line where a statement was written in one. */
const CLAUSE =
  /(?<!\b(?:left|right|inner|full|cross|outer))\s+(?=(?:from|where|group by|order by|having|limit|union|(?:left |right |inner |full |cross )?(?:outer )?join)\b)/gi

/** A statement as it is read: its own lines without their common indent, or, written in one, a line for each clause. */
export function formatSql(sql: string): string {
  const lines = sql
    .replace(/\r/g, "")
    .split("\n")
    .map((line) => line.trimEnd())
  const text = lines.filter(Boolean)
  if (text.length === 0) return ""
  if (text.length === 1) return text[0]!.trim().replace(CLAUSE, "\n")
  const indents = text.map((line) => line.length - line.trimStart().length)
  // The first line often follows an opening quote and so has no indent of its own.
  const common = Math.min(...(indents[0] === 0 && indents.length > 1 ? indents.slice(1) : indents))
  return lines
    .map((line) => (line.length - line.trimStart().length >= common ? line.slice(common) : line))
    .join("\n")
    .trim()
}

/** A statement in parts for colouring; joined they are the statement again. */
export function sqlTokens(sql: string): SqlToken[] {
  return (sql.match(TOKEN) ?? []).map((text) => {
    if (text.startsWith("--")) return { kind: "comment", text }
    if (text.startsWith("'")) return { kind: "text", text }
    if (/^[:$]\w/.test(text)) return { kind: "parameter", text }
    if (/^\d/.test(text)) return { kind: "number", text }
    return { kind: KEYWORDS.test(text) ? "keyword" : "plain", text }
  })
}
