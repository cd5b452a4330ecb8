import { SqlError } from "./error.ts"

export type TokenKind = "word" | "quoted" | "string" | "number" | "operator" | "parameter"

export interface Token {
  kind: TokenKind
  /** As written; a parameter carries its name without the colon. */
  text: string
  /** Upper case of a word, the text of anything else: what rules compare. */
  key: string
  /** Offset in the source. */
  start: number
}

/** Sticky patterns, asked by the first character; operators of other engines are read too, so that they can be refused by name. */
const BLANK = /(?:\s+|--[^\n]*)+/y
const STRING = /'(?:[^']|'')*'/y
const QUOTED = /"(?:[^"]|"")*"/y
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const WORD = /#?[\p{L}_][\p{L}\p{N}_$]*/uy
const PARAMETER = /:[A-Za-z0-9_]+/y
const OPERATOR = /::|\|\||<>|!=|<=|>=|!~~?\*?|~~?\*|->>|->|\*\*|==|:=|<<|>>|@>|<@|=>|\$\$|[-+*/%^=<>~(),.;:[\]{}&|#@?!\\$]/y

/** Splits SQL; comments (nested block comments too) disappear here, so nothing later can find a parameter inside one. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < sql.length) {
    const char = sql[at]!
    if (char === "/" && sql[at + 1] === "*") {
      at = blockCommentEnd(sql, at)
      continue
    }
    if (char <= " " || char === "\u00a0" || (char === "-" && sql[at + 1] === "-")) {
      const blank = read(BLANK, sql, at)
      at += blank?.length ?? 1
      continue
    }
    const kind = kindOf(sql, at, char)
    const text = read(SHAPES[kind], sql, at)
    if (text === undefined) throw new SqlError(`syntax error at or near "${sql.slice(at, at + 10)}"`)
    tokens.push({
      kind,
      text: kind === "parameter" ? text.slice(1) : text,
      key: kind === "word" ? text.toUpperCase() : text,
      start: at,
    })
    at += text.length
  }
  return tokens
}

const SHAPES = { string: STRING, quoted: QUOTED, number: NUMBER, word: WORD, parameter: PARAMETER, operator: OPERATOR } as const

function kindOf(sql: string, at: number, char: string): keyof typeof SHAPES {
  const next = sql[at + 1] ?? ""
  if (char === "'") return "string"
  if (char === '"') return "quoted"
  if ((char >= "a" && char <= "z") || (char >= "A" && char <= "Z") || char === "_" || char > "\u007f") return "word"
  if ((char >= "0" && char <= "9") || (char === "." && next >= "0" && next <= "9")) return "number"
  if (char === "#" && /[\p{L}_]/u.test(next)) return "word"
  if (char === ":" && /\w/.test(next)) return "parameter"
  return "operator"
}

function read(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(sql)?.[0]
}

function blockCommentEnd(sql: string, start: number): number {
  let depth = 0
  for (let at = start; at < sql.length; at++) {
    if (sql.startsWith("/*", at)) {
      depth++
      at++
    } else if (sql.startsWith("*/", at)) {
      at++
      if (--depth === 0) return at + 1
    }
  }
  throw new SqlError("unterminated /* comment")
}

/** One statement per element; empty ones are dropped. */
export function splitStatements(tokens: readonly Token[]): Token[][] {
  const statements: Token[][] = [[]]
  for (const token of tokens) {
    if (token.key === ";") statements.push([])
    else statements.at(-1)!.push(token)
  }
  return statements.filter((statement) => statement.length > 0)
}
