import type { Context } from "./context.ts"
import { arnLike, glob, type Matcher } from "./glob.ts"
import { ipRange } from "./ip-range.ts"
import { readValues, type ValueKind } from "./values.ts"
import { compilePattern, type ContextMatcher, refuseVariables } from "./variables.ts"

export type Condition = (context: Context) => boolean

/** Makes the test of one policy value; a negated operator asks that no policy value matches. */
interface Operator {
  kind: ValueKind
  matcher(wanted: string, where: string): ContextMatcher
  negated?: boolean
}

const number = (text: string) => (text.trim() === "" ? Number.NaN : Number(text))
/** Dates are ISO 8601 or epoch seconds: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date */
const instant = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text))

/** Only text and ARNs take policy variables. */
const fixed =
  (make: (wanted: string) => Matcher): Operator["matcher"] =>
  (wanted, where) => {
    refuseVariables(wanted, where)
    return make(wanted)
  }

type Compare = (actual: number, wanted: number) => boolean
const compared = (read: (text: string) => number, compare: Compare): Operator["matcher"] =>
  fixed((wanted) => {
    const limit = read(wanted)
    return (actual) => compare(read(actual), limit)
  })

/** `*` and `?` are themselves for the operators that compare whole texts. */
const whole =
  (fold: (text: string) => string): Operator["matcher"] =>
  (wanted, where) => {
    const literal = wanted.replaceAll(/\$\{[^}]*\}|[*?]/g, (found) => (found.length > 1 ? found : `\${${found}}`))
    return compilePattern(literal, (pattern) => glob(pattern.map((part) => fold(part as string))), where).matches
  }
const like =
  (make: Parameters<typeof compilePattern>[1]): Operator["matcher"] =>
  (wanted, where) =>
    compilePattern(wanted, make, where).matches

const same = whole((text) => text)
const folded = whole((text) => text.toLowerCase())
const sameText: Operator["matcher"] = (wanted, where) => {
  const matches = folded(wanted, where)
  return (actual, context) => matches(actual.toLowerCase(), context)
}
const truth = fixed((wanted) => (actual) => actual.toLowerCase() === wanted.toLowerCase())
/** Both stand in base64. */
const binary = fixed((wanted) => (actual) => actual === wanted)
const address = fixed(ipRange)
const equal: Compare = (a, b) => a === b

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: { kind: "text", matcher: same },
  StringNotEquals: { kind: "text", matcher: same, negated: true },
  StringEqualsIgnoreCase: { kind: "text", matcher: sameText },
  StringNotEqualsIgnoreCase: { kind: "text", matcher: sameText, negated: true },
  StringLike: { kind: "text", matcher: like(glob) },
  StringNotLike: { kind: "text", matcher: like(glob), negated: true },
  ArnEquals: { kind: "arn", matcher: like(arnLike) },
  ArnLike: { kind: "arn", matcher: like(arnLike) },
  ArnNotEquals: { kind: "arn", matcher: like(arnLike), negated: true },
  ArnNotLike: { kind: "arn", matcher: like(arnLike), negated: true },
  Bool: { kind: "boolean", matcher: truth },
  BinaryEquals: { kind: "binary", matcher: binary },
  IpAddress: { kind: "address", matcher: address },
  NotIpAddress: { kind: "address", matcher: address, negated: true },
  NumericEquals: { kind: "number", matcher: compared(number, equal) },
  NumericNotEquals: { kind: "number", matcher: compared(number, equal), negated: true },
  NumericLessThan: { kind: "number", matcher: compared(number, (a, b) => a < b) },
  NumericLessThanEquals: { kind: "number", matcher: compared(number, (a, b) => a <= b) },
  NumericGreaterThan: { kind: "number", matcher: compared(number, (a, b) => a > b) },
  NumericGreaterThanEquals: { kind: "number", matcher: compared(number, (a, b) => a >= b) },
  DateEquals: { kind: "date", matcher: compared(instant, equal) },
  DateNotEquals: { kind: "date", matcher: compared(instant, equal), negated: true },
  DateLessThan: { kind: "date", matcher: compared(instant, (a, b) => a < b) },
  DateLessThanEquals: { kind: "date", matcher: compared(instant, (a, b) => a <= b) },
  DateGreaterThan: { kind: "date", matcher: compared(instant, (a, b) => a > b) },
  DateGreaterThanEquals: { kind: "date", matcher: compared(instant, (a, b) => a >= b) },
}

function compileNull(key: string, values: readonly string[]): Condition {
  const absent = values.some((value) => value.toLowerCase() === "true")
  return (context) => (context.get(key) === undefined) === absent
}

/** One operator and key of a Condition block. An operator that is not in the table throws: a policy must never be half understood. */
export function compileCondition(name: string, key: string, given: unknown, where: string): Condition {
  const parsed = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(name)
  const [, set, base = "", ifExists] = parsed ?? []
  const lowerKey = key.toLowerCase()
  if (base === "Null" && !set && !ifExists) return compileNull(lowerKey, readValues("boolean", given, where))
  const operator = Object.hasOwn(OPERATORS, base) ? OPERATORS[base] : undefined
  if (!operator)
    throw new Error(
      `NOT_SIMULATED: IAM condition operator ${name} in ${where}. Use one of: Null, ${Object.keys(OPERATORS).join(", ")}.`,
    )

  const matchers = readValues(operator.kind, given, where).map((value) => operator.matcher(value, where))
  const negated = operator.negated === true
  const holds: ContextMatcher = (actual, context) => matchers.some((matches) => matches(actual, context)) !== negated

  return (context) => {
    const actual = context.get(lowerKey)
    if (actual === undefined) return ifExists !== undefined || set === "ForAllValues" || (negated && set === undefined)
    if (set === "ForAllValues" || (negated && set === undefined)) return actual.every((value) => holds(value, context))
    return actual.some((value) => holds(value, context))
  }
}
