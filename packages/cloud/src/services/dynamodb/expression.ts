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

/** The paths that an update writes to, each with its clause. */
export function updateTargets(expression: string): { clause: string; path: string }[] {
  const parts = expression.split(/\b(SET|REMOVE|ADD|DELETE)\b(?!\s*=)/i)
  const targets: { clause: string; path: string }[] = []
  for (let index = 1; index < parts.length; index += 2) {
    const clause = parts[index]!.toUpperCase()
    // A comma inside parentheses separates operands.
    for (const action of parts[index + 1]!.replaceAll(/\([^()]*\)/g, "").split(",")) {
      const [path = ""] = action.trim().split(/[\s=]/)
      if (/^[#A-Za-z_][\w#.[\]-]*$/.test(path)) targets.push({ clause, path })
    }
  }
  return targets
}
