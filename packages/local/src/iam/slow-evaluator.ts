import type { Statement } from "./evaluator.ts"

/*
 * For tests: the documented evaluation, transcribed sentence by sentence without regular expressions, caches or compilation, so that the compiled evaluator has an
 * independent opinion to agree with. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */

type Values = Readonly<Record<string, string | readonly string[]>>
const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T]

/** Whether `*` at this place of a pattern may take a colon. */
type MayCross = (pattern: string, place: number) => boolean

function matches(pattern: string, value: string, crosses: MayCross, at = 0, from = 0): boolean {
  if (at === pattern.length) return from === value.length
  const character = pattern[at]
  if (character === "*") {
    if (matches(pattern, value, crosses, at + 1, from)) return true
    return from < value.length && (value[from] !== ":" || crosses(pattern, at)) && matches(pattern, value, crosses, at, from + 1)
  }
  if (from === value.length) return false
  if (character === "?")
    return (value[from] !== ":" || crosses(pattern, at)) && matches(pattern, value, crosses, at + 1, from + 1)
  return character === value[from] && matches(pattern, value, crosses, at + 1, from + 1)
}

const everywhere: MayCross = () => true
const likeText = (pattern: string, value: string) => matches(pattern, value, everywhere)

/** In an ARN only a `*` that ends its segment leaves it; the sixth segment is everything after the fifth colon. */
const inArn: MayCross = (pattern, place) => {
  const colonsBefore = pattern.slice(0, place).split(":").length - 1
  if (colonsBefore >= 5) return true
  return pattern[place] === "*" && pattern[place + 1] === ":"
}
const likeArn = (pattern: string, value: string) => matches(pattern, value, pattern.split(":").length >= 6 ? inArn : everywhere)

const number = (text: string) => (text === "" ? Number.NaN : Number(text))
const numbers = (a: string, b: string, compare: (a: number, b: number) => boolean) => compare(number(a), number(b))

function holds(operator: string, actual: string, wanted: string): boolean {
  switch (operator) {
    case "StringEquals":
      return actual === wanted
    case "StringEqualsIgnoreCase":
    case "Bool":
      return actual.toLowerCase() === wanted.toLowerCase()
    case "StringLike":
      return likeText(wanted, actual)
    case "ArnEquals":
    case "ArnLike":
      return likeArn(wanted, actual)
    case "NumericEquals":
      return numbers(actual, wanted, (a, b) => a === b)
    case "NumericLessThan":
      return numbers(actual, wanted, (a, b) => a < b)
    case "NumericLessThanEquals":
      return numbers(actual, wanted, (a, b) => a <= b)
    case "NumericGreaterThan":
      return numbers(actual, wanted, (a, b) => a > b)
    case "NumericGreaterThanEquals":
      return numbers(actual, wanted, (a, b) => a >= b)
    default:
      throw new Error(`No transcription of ${operator}`)
  }
}

function valuesOf(context: Values, key: string): readonly string[] | undefined {
  const found = Object.keys(context).findLast((name) => name.toLowerCase() === key.toLowerCase())
  return found === undefined ? undefined : list(context[found])
}

function conditionHolds(name: string, key: string, wanted: readonly string[], context: Values): boolean {
  const actual = valuesOf(context, key)
  if (name === "Null") return wanted.includes("true") ? actual === undefined : actual !== undefined
  const set = name.startsWith("ForAllValues:") ? "all" : name.startsWith("ForAnyValue:") ? "any" : undefined
  const ifExists = name.endsWith("IfExists")
  const operator = name.replace(/^For\w+:/, "").replace(/IfExists$/, "")
  const negated = operator.includes("Not")
  const positive = operator.replace("Not", "")
  const matchesOne = (value: string) => {
    const some = wanted.some((one) => holds(positive, value, one))
    return negated ? !some : some
  }
  if (actual === undefined) {
    if (ifExists) return true
    if (set === "all") return true
    if (set === "any") return false
    return negated
  }
  if (set === "all") return actual.every(matchesOne)
  if (set === "any") return actual.some(matchesOne)
  return negated ? actual.every(matchesOne) : actual.some(matchesOne)
}

function applies(statement: Statement, action: string, resource: string, context: Values): boolean {
  const likeAction = (pattern: string) => likeText(pattern.toLowerCase(), action.toLowerCase())
  if (statement.Action !== undefined && !list(statement.Action).some(likeAction)) return false
  if (statement.NotAction !== undefined && list(statement.NotAction).some(likeAction)) return false
  const likeResource = (pattern: string) => likeArn(pattern, resource)
  if (statement.Resource !== undefined && !list(statement.Resource).some(likeResource)) return false
  if (statement.NotResource !== undefined && list(statement.NotResource).some(likeResource)) return false
  for (const [operator, keys] of Object.entries(statement.Condition ?? {}))
    for (const [key, wanted] of Object.entries(keys))
      if (!conditionHolds(operator, key, list(wanted).map(String), context)) return false
  return true
}

export function evaluateSlowly(
  statements: readonly Statement[],
  action: string,
  resource: string,
  context: Values,
): "allow" | "deny" | "implicitDeny" {
  const relevant = statements.filter((statement) => applies(statement, action, resource, context))
  if (relevant.some(({ Effect }) => Effect === "Deny")) return "deny"
  return relevant.some(({ Effect }) => Effect === "Allow") ? "allow" : "implicitDeny"
}
