import type { Context } from "./context.ts"
import { type Matcher, type Pattern, patternOf } from "./glob.ts"

/** A pattern whose variables are filled per request. */
type Filled = readonly (Pattern[number] | { key: string; otherwise?: string })[]

/** Matches with the request at hand, since a pattern may name its caller. */
export type ContextMatcher = (value: string, context: Context) => boolean

const VARIABLE = /\$\{([^}]*)\}/g

/** `${*}`, `${?}` and `${$}` stand for the characters themselves; `${key, 'text'}` has a text for callers without the key. */
function variable(inside: string, where: string): Filled[number] {
  if (inside === "*" || inside === "?" || inside === "$") return inside
  const [, key, otherwise] = /^\s*([A-Za-z0-9-]+:[^\s,']+)\s*(?:,\s*'([^']*)'\s*)?$/.exec(inside) ?? []
  if (!key) throw new Error(`NOT_SIMULATED: IAM policy variable \${${inside}} in ${where}: name a condition key.`)
  return { key: key.toLowerCase(), otherwise }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
function parse(text: string, where: string): Filled {
  const parts: Filled[number][] = []
  let from = 0
  for (const match of text.matchAll(VARIABLE)) {
    parts.push(...patternOf(text.slice(from, match.index)), variable(match[1]!, where))
    from = match.index + match[0].length
  }
  return [...parts, ...patternOf(text.slice(from))]
}

/** Keys that the variables of a text name. */
export const keysIn = (text: string, where: string): string[] =>
  parse(text, where).flatMap((part) => (typeof part === "object" ? [part.key] : []))

/** The value of a variable; a key that is missing or has several values gives none, and a pattern that needs it matches nothing. */
function valueOf({ key, otherwise }: { key: string; otherwise?: string }, context: Context): string | undefined {
  const values = context.get(key)
  return values?.length === 1 ? values[0] : otherwise
}

/** Compiles a text of a policy. `plain` is the matcher itself where nothing depends on the request. */
export function compilePattern(
  text: string,
  compile: (pattern: Pattern) => Matcher,
  where: string,
): { matches: ContextMatcher; plain: boolean } {
  const parts = parse(text, where)
  if (!parts.some((part) => typeof part === "object")) return { matches: compile(parts as Pattern), plain: true }
  return {
    plain: false,
    matches(value, context) {
      const filled = parts.map((part) => (typeof part === "object" ? valueOf(part, context) : part))
      return filled.every((part) => part !== undefined) && compile(filled as Pattern)(value)
    },
  }
}

/** For elements that take no variables. */
export function refuseVariables(text: string, where: string): void {
  const found = /\$\{[^}]*\}/.exec(text)
  if (found) throw new Error(`NOT_SIMULATED: IAM policy variable ${found[0]} in ${where}. Write the value itself.`)
}
