import { SqlError } from "./error.ts"
import type { Token } from "./tokens.ts"

/** Index of the bracket that closes the one at `open`. */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let i = open; i < tokens.length; i++) {
    const key = tokens[i]!.key
    if (key === "(") depth++
    else if (key === ")" && --depth === 0) return i
  }
  throw new SqlError("syntax error at end of input")
}

/** Parts between commas that stand in no bracket. */
export function splitCommas(tokens: readonly Token[]): Token[][] {
  if (tokens.length === 0) return []
  const parts: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.key === "(") depth++
    else if (token.key === ")") depth--
    if (depth === 0 && token.key === ",") parts.push([])
    else parts.at(-1)!.push(token)
  }
  return parts
}

/** Index of the first of these words outside brackets, from `from` on, or -1. */
export function findTop(tokens: readonly Token[], words: readonly string[], from = 0): number {
  let depth = 0
  for (let i = from; i < tokens.length; i++) {
    const { key, kind } = tokens[i]!
    if (key === "(") depth++
    else if (key === ")") depth--
    else if (depth === 0 && kind === "word" && words.includes(key)) return i
  }
  return -1
}

/** Whether these keys follow one another at `at`. */
export const startsWith = (tokens: readonly Token[], at: number, ...keys: string[]): boolean =>
  keys.every((key, i) => tokens[at + i]?.key === key && tokens[at + i]?.kind !== "string")

/** Index after `name` or `schema.name` at `at`. */
export function nameEnd(tokens: readonly Token[], at: number): number {
  if (tokens[at]?.kind !== "word" && tokens[at]?.kind !== "quoted") throw new SqlError(unexpected(tokens[at]))
  let end = at + 1
  while (tokens[end]?.key === "." && tokens[end + 1]) end += 2
  return end
}

export const unexpected = (token: Token | undefined): string =>
  token ? `syntax error at or near "${token.text}"` : "syntax error at end of input"

/** The value of a string literal. */
export const literal = (token: Token): string => token.text.slice(1, -1).replaceAll("''", "'")

export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** The lower-case name an identifier token stands for. */
export const identifier = (token: Token): string =>
  token.kind === "quoted" ? token.text.slice(1, -1).replaceAll('""', '"') : token.text.toLowerCase()

/** Index after the operand that starts at `at`: a sign, a literal, a name, a call with its suffixes, brackets, CASE, and casts behind it. */
export function operandEnd(tokens: readonly Token[], at: number): number {
  let end = at
  while (tokens[end]?.key === "-" || tokens[end]?.key === "+") end++
  const token = tokens[end]
  if (!token) throw new SqlError("syntax error at end of input")
  if (token.key === "(") end = closing(tokens, end) + 1
  else if (token.key === "CASE") end = caseEnd(tokens, end) + 1
  else if (["DATE", "TIMESTAMP", "INTERVAL"].includes(token.key) && tokens[end + 1]?.kind === "string") end += 2
  else if (token.kind === "word" || token.kind === "quoted") {
    end = nameEnd(tokens, end)
    if (tokens[end]?.key === "(") end = callEnd(tokens, end)
  } else end++
  while (tokens[end]?.key === "::") {
    end += tokens[end + 1]?.key === "DOUBLE" ? 3 : 2
    if (tokens[end]?.key === "(") end = closing(tokens, end) + 1
  }
  return end
}

/** Index after a call whose bracket opens at `open`, with WITHIN GROUP, IGNORE NULLS and OVER behind it. */
export function callEnd(tokens: readonly Token[], open: number): number {
  let end = closing(tokens, open) + 1
  if (startsWith(tokens, end, "WITHIN", "GROUP", "(")) end = closing(tokens, end + 2) + 1
  if (startsWith(tokens, end, "IGNORE", "NULLS") || startsWith(tokens, end, "RESPECT", "NULLS")) end += 2
  if (tokens[end]?.key === "OVER") end = tokens[end + 1]?.key === "(" ? closing(tokens, end + 1) + 1 : end + 2
  return end
}

function caseEnd(tokens: readonly Token[], start: number): number {
  let depth = 0
  for (let i = start; i < tokens.length; i++) {
    if (tokens[i]!.key === "CASE") depth++
    else if (tokens[i]!.key === "END" && --depth === 0) return i
  }
  throw new SqlError("syntax error at end of input")
}
