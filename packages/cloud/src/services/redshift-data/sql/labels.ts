import { isCall } from "./calls.ts"
import { closing, identifier, operandEnd, splitCommas, startsWith } from "./scan.ts"
import type { Token } from "./tokens.ts"

/** What ends a list of output columns. */
const ENDS = new Set("FROM WHERE GROUP HAVING ORDER LIMIT OFFSET UNION EXCEPT MINUS INTERSECT QUALIFY INTO".split(" "))

/** Functions that are called something else once they are read. */
const CALLED: Record<string, string> = {
  NVL: "coalesce",
  DECODE: "case",
  NVL2: "case",
  SUBSTR: "substring",
  DATEADD: "date_add",
  DATEDIFF: "date_diff",
  EXTRACT: "date_part",
  DATE_PART: "pgdate_part",
  TRIM: "btrim",
  POW: "power",
  SYSDATE: "sysdate",
  CURRENT_DATE: "date",
}
const TYPES: Record<string, string> = {
  INTEGER: "int4",
  INT: "int4",
  BIGINT: "int8",
  SMALLINT: "int2",
  REAL: "float4",
  FLOAT: "float8",
  DOUBLE: "float8",
  DECIMAL: "numeric",
  BOOLEAN: "bool",
  CHARACTER: "varchar",
  NVARCHAR: "varchar",
  TEXT: "varchar",
}
/** Words that stand for a value without brackets. */
const VALUES = new Set(["CURRENT_USER", "SESSION_USER", "USER", "SYSDATE", "CURRENT_DATE"])

/**
 * Gives every output column without a name the one that it has in Redshift: that of its column, function or type, else `?column?`. The rules
 * are PostgreSQL's 8 (FigureColname). A name is folded to lower case, in quotes too: https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
 */
export function labelled(tokens: readonly Token[]): readonly Token[] {
  const out: Token[] = []
  for (let at = 0; at < tokens.length; at++) {
    out.push(tokens[at]!)
    if (tokens[at]!.kind !== "word" || tokens[at]!.key !== "SELECT" || tokens[at - 1]?.key === ".") continue
    let from = at + 1
    while (tokens[from]?.key === "DISTINCT" || tokens[from]?.key === "ALL") from++
    const end = listEnd(tokens, from)
    out.push(...tokens.slice(at + 1, from))
    for (const [i, item] of splitCommas(tokens.slice(from, end)).entries()) {
      if (i > 0) out.push(operator(","))
      const name = missingName(item)
      out.push(...labelled(item))
      if (name !== undefined) out.push(word("AS"), { kind: "quoted", text: `"${name}"`, key: `"${name}"`, start: 0 })
    }
    at = end - 1
  }
  return out
}

const word = (text: string): Token => ({ kind: "word", text, key: text, start: 0 })
const operator = (text: string): Token => ({ kind: "operator", text, key: text, start: 0 })

function listEnd(tokens: readonly Token[], from: number): number {
  let depth = 0
  for (let at = from; at < tokens.length; at++) {
    const { key, kind } = tokens[at]!
    if (key === "(") depth++
    else if (key === ")" && --depth < 0) return at
    else if (depth === 0 && kind === "word" && ENDS.has(key) && tokens[at - 1]?.key !== "." && tokens[at - 1]?.key !== "WITHIN")
      return at
  }
  return tokens.length
}

/** The name of an item that gives none itself and is more than a column. */
function missingName(item: readonly Token[]): string | undefined {
  const first = item[0]
  if (!first || item.at(-1)!.key === "*") return undefined
  const end = endOf(item)
  if (end === undefined || end < item.length) return isNamed(item, end) ? undefined : "?column?"
  // A column alone, with or without its table, has its name.
  if (item.every((token) => token.kind === "quoted" || token.key === "." || (token.kind === "word" && !VALUES.has(token.key)))) {
    return item.length === 1 && /^(?:TRUE|FALSE|NULL)$/.test(first.key) ? "?column?" : undefined
  }
  return nameOf(item)?.name ?? "?column?"
}

/** Index after the operand that the item begins with. */
function endOf(item: readonly Token[]): number | undefined {
  try {
    return operandEnd(item, 0)
  } catch {
    return undefined
  }
}

/** `… AS name`, or a name right behind an operand. */
function isNamed(item: readonly Token[], end: number | undefined): boolean {
  const last = item.at(-1)!
  const before = item.at(-2)
  if (last.kind !== "word" && last.kind !== "quoted") return false
  if (before?.kind === "word" && before.key === "AS") return true
  if (end === item.length - 1) return item[0]!.key !== "NOT"
  return (
    before !== undefined &&
    last.key !== "END" &&
    last.key !== "NULL" &&
    last.key !== "TRUE" &&
    last.key !== "FALSE" &&
    (before.kind === "string" ||
      before.kind === "number" ||
      before.kind === "quoted" ||
      before.kind === "parameter" ||
      before.key === ")" ||
      before.key === "END" ||
      isPlainWord(before))
  )
}

const isPlainWord = (token: Token): boolean =>
  token.kind === "word" &&
  !/^(?:AND|OR|NOT|IS|IN|LIKE|ILIKE|BETWEEN|THEN|ELSE|WHEN|CASE|TO|FROM|DISTINCT|DATE|TIMESTAMP|INTERVAL|ZONE)$/.test(token.key)

/** The name of one operand, and whether a cast around it leaves it (2) or puts its type's name (1). */
function nameOf(item: readonly Token[]): { name: string; strength: 1 | 2 } | undefined {
  const casts = item.findLastIndex((token, i) => token.key === "::" && depthAt(item, i) === 0)
  if (casts > 0) return cast(item.slice(0, casts), item[casts + 1])
  const first = item[0]!
  if (/^(?:DATE|TIMESTAMP|INTERVAL)$/.test(first.key) && item[1]?.kind === "string")
    return { name: first.key.toLowerCase(), strength: 1 }
  if (first.key === "(" && closing(item, 0) === item.length - 1)
    return item[1]?.key === "SELECT" ? undefined : nameOf(item.slice(1, -1))
  if (first.key === "CASE") {
    const otherwise = item.findLastIndex((token, i) => token.key === "ELSE" && depthAt(item, i) === 0)
    const named = otherwise > 0 && nested(item, otherwise) === 1 ? nameOf(item.slice(otherwise + 1, -1)) : undefined
    return named?.strength === 2 ? named : { name: "case", strength: 1 }
  }
  if (first.key === "CAST" && item[1]?.key === "(") {
    const inner = item.slice(2, closing(item, 1))
    const as = inner.findLastIndex((token, i) => token.key === "AS" && depthAt(inner, i) === 0)
    return as > 0 ? cast(inner.slice(0, as), inner[as + 1]) : undefined
  }
  if (item.length === 1 && VALUES.has(first.key)) return { name: CALLED[first.key] ?? first.key.toLowerCase(), strength: 2 }
  if (isCall([word("SELECT"), ...item], 1)) return { name: CALLED[first.key] ?? first.key.toLowerCase(), strength: 2 }
  const column = item.every((token) => token.kind === "quoted" || token.kind === "word" || token.key === ".")
  return column &&
    !/^(?:TRUE|FALSE|NULL)$/.test(item.at(-1)!.key) &&
    (item.length === 1 || startsWith(item, item.length - 2, "."))
    ? { name: identifier(item.at(-1)!).toLowerCase(), strength: 2 }
    : undefined
}

function cast(operand: readonly Token[], type: Token | undefined): { name: string; strength: 1 | 2 } | undefined {
  const named = endOf(operand) === operand.length ? nameOf(operand) : undefined
  if (named?.strength === 2) return named
  return type && { name: TYPES[type.key] ?? type.key.toLowerCase(), strength: 1 }
}

const depthAt = (item: readonly Token[], at: number): number =>
  item.slice(0, at).reduce((depth, { key }) => depth + (key === "(" ? 1 : key === ")" ? -1 : 0), 0)
/** How many CASE are open at `at`. */
const nested = (item: readonly Token[], at: number): number =>
  item.slice(0, at).reduce((depth, { key }) => depth + (key === "CASE" ? 1 : key === "END" ? -1 : 0), 0)
