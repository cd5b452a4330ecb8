import type { Item } from "./key.ts"

/** Words of the expression language; anything else without `:` in front is an attribute. */
const WORDS = new Set(
  "set remove add delete and or not between in attribute_exists attribute_not_exists attribute_type begins_with contains size if_not_exists list_append".split(
    " ",
  ),
)

const nameOf = (token: string, names: Readonly<Record<string, string>> | undefined): string =>
  token.startsWith("#") ? (names?.[token] ?? token) : token

/** Top-level attributes that expressions speak of, without `:values`, functions and inner parts of paths. */
export function attributesIn(expressions: readonly unknown[], names: Readonly<Record<string, string>> | undefined): string[] {
  const found = new Set<string>()
  for (const expression of expressions) {
    if (typeof expression !== "string") continue
    // An inner part of a path comes after a dot; an index is a number.
    for (const [, before, token] of expression.matchAll(/(^|[^\w#:.])([#A-Za-z_][\w-]*)/g))
      if (before !== undefined && token && !WORDS.has(token.toLowerCase())) found.add(nameOf(token, names))
  }
  return [...found]
}

/** The value that an expression demands of an attribute by `=`, or undefined. */
export function equalValue(json: any, expression: unknown, attribute: string): Item[string] | undefined {
  if (typeof expression !== "string") return undefined
  for (const [, left = "", right = ""] of expression.matchAll(/(#?[A-Za-z_][\w-]*)\s*=\s*(:[\w-]+)/g))
    if (nameOf(left, json.ExpressionAttributeNames) === attribute) return json.ExpressionAttributeValues?.[right]
  return undefined
}

/** Attributes that an update sets to a value given with it; what it computes is not known before. */
export function assignedValues(json: any): Item {
  const values: Item = {}
  for (const [, left = "", right = ""] of String(json.UpdateExpression ?? "").matchAll(/(#?[A-Za-z_][\w-]*)\s*=\s*(:[\w-]+)/g)) {
    const value = json.ExpressionAttributeValues?.[right]
    if (value) values[nameOf(left, json.ExpressionAttributeNames)] = value
  }
  return values
}

export interface Target {
  clause: string
  path: string
  /** Where the path begins in the expression. */
  at: number
}

/** Not `#add`, `:set` or `a.remove`. */
const CLAUSE = /(?<![\w#:.-])(SET|REMOVE|ADD|DELETE)(?![\w-])/gi

/** The paths that an update writes to, each with its clause. */
export function updateTargets(expression: string): Target[] {
  const clauses = [...expression.matchAll(CLAUSE)]
  return clauses.flatMap((match, index) => {
    const [start, end] = [match.index + match[0].length, clauses[index + 1]?.index ?? expression.length]
    return actionsIn(expression, start, end).flatMap((from) => {
      const [, space = "", path = ""] = /^(\s*)([^\s=,]*)/.exec(expression.slice(from, end)) ?? []
      const isPath = /^[#A-Za-z_][\w#.[\]-]*$/.test(path)
      return isPath ? [{ clause: match[0].toUpperCase(), path, at: from + space.length }] : []
    })
  })
}

/** Where the actions of a clause begin: a comma inside parentheses separates operands. */
function actionsIn(expression: string, start: number, end: number): number[] {
  const starts = [start]
  let depth = 0
  for (let at = start; at < end; at++) {
    if (expression[at] === "(") depth++
    else if (expression[at] === ")") depth--
    else if (expression[at] === "," && depth === 0) starts.push(at + 1)
  }
  return starts
}
