import { arnGlob, glob, type Matcher } from "./glob.ts"

/** Condition keys (lower case) and the values of this request. */
export type Context = ReadonlyMap<string, readonly string[]>
export type Condition = (context: Context) => boolean

/** Makes the test of one policy value; a negated operator asks that no policy value matches. */
interface Operator {
  matcher(wanted: string): Matcher
  negated?: boolean
}

const number = (text: string) => (text.trim() === "" ? Number.NaN : Number(text))
/** Dates are ISO 8601 or epoch seconds: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const instant = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text))

type Compare = (actual: number, wanted: number) => boolean
const compared = (read: (text: string) => number, compare: Compare, negated = false): Operator => ({
  matcher: (wanted) => {
    const limit = read(wanted)
    return (actual) => compare(read(actual), limit)
  },
  negated,
})

const same =
  (wanted: string): Matcher =>
  (actual) =>
    actual === wanted
const sameText =
  (wanted: string): Matcher =>
  (actual) =>
    actual.toLowerCase() === wanted.toLowerCase()

const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: { matcher: same },
  StringNotEquals: { matcher: same, negated: true },
  StringEqualsIgnoreCase: { matcher: sameText },
  StringNotEqualsIgnoreCase: { matcher: sameText, negated: true },
  StringLike: { matcher: (wanted) => glob(wanted) },
  StringNotLike: { matcher: (wanted) => glob(wanted), negated: true },
  ArnEquals: { matcher: arnGlob },
  ArnLike: { matcher: arnGlob },
  ArnNotEquals: { matcher: arnGlob, negated: true },
  ArnNotLike: { matcher: arnGlob, negated: true },
  Bool: { matcher: sameText },
  NumericEquals: compared(number, (a, b) => a === b),
  NumericNotEquals: compared(number, (a, b) => a === b, true),
  NumericLessThan: compared(number, (a, b) => a < b),
  NumericLessThanEquals: compared(number, (a, b) => a <= b),
  NumericGreaterThan: compared(number, (a, b) => a > b),
  NumericGreaterThanEquals: compared(number, (a, b) => a >= b),
  DateEquals: compared(instant, (a, b) => a === b),
  DateNotEquals: compared(instant, (a, b) => a === b, true),
  DateLessThan: compared(instant, (a, b) => a < b),
  DateLessThanEquals: compared(instant, (a, b) => a <= b),
  DateGreaterThan: compared(instant, (a, b) => a > b),
  DateGreaterThanEquals: compared(instant, (a, b) => a >= b),
}

function compileNull(key: string, values: readonly string[]): Condition {
  const absent = values.some((value) => value.toLowerCase() === "true")
  return (context) => (context.get(key) === undefined) === absent
}

/** One operator and key of a Condition block. An operator that is not in the table throws: a policy must never be half understood. */
export function compileCondition(name: string, key: string, wanted: readonly string[]): Condition {
  const parsed = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(name)
  const [, set, base = "", ifExists] = parsed ?? []
  const lowerKey = key.toLowerCase()
  if (base === "Null" && !set && !ifExists) return compileNull(lowerKey, wanted)
  const operator = Object.hasOwn(OPERATORS, base) ? OPERATORS[base] : undefined
  if (!operator)
    throw new Error(`NOT_SIMULATED: IAM condition operator ${name}. Use one of: Null, ${Object.keys(OPERATORS).join(", ")}.`)
  for (const value of wanted) refuseVariables(value)

  const matchers = wanted.map((value) => operator.matcher(value))
  const holds: Matcher = operator.negated
    ? (actual) => !matchers.some((matches) => matches(actual))
    : (actual) => matchers.some((matches) => matches(actual))

  return (context) => {
    const actual = context.get(lowerKey)
    if (actual === undefined)
      return ifExists !== undefined || set === "ForAllValues" || (operator.negated === true && set === undefined)
    if (set === "ForAllValues" || (operator.negated && set === undefined)) return actual.every(holds)
    return actual.some(holds)
  }
}

/** Policy variables would have to be filled per caller; no role of ours needs them, so they are refused by name. */
export function refuseVariables(value: string): void {
  const variable = /\$\{[^}]*\}/.exec(value)
  if (variable) throw new Error(`NOT_SIMULATED: IAM policy variable ${variable[0]}. Write the value itself.`)
}
