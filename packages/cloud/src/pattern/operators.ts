import { cidr } from "./cidr.ts"
import type { Dialect } from "./dialect.ts"
import { refuse } from "./error.ts"
import { wildcard } from "./wildcard.ts"

/** A leaf of an event. */
export type Scalar = string | number | boolean | null
export type Test = (value: Scalar) => boolean

export const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean"

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const onText =
  (test: (text: string) => boolean): Test =>
  (value) =>
    typeof value === "string" && test(value)

function textOf(value: unknown, operator: string): string {
  return typeof value === "string" ? value : refuse(`${operator} match pattern must be a string`)
}

/** `{"prefix": "a"}` or `{"prefix": {"equals-ignore-case": "A"}}` */
function edge(argument: unknown, operator: "prefix" | "suffix"): Test {
  const has = operator === "prefix" ? "startsWith" : "endsWith"
  if (!isObject(argument)) {
    const text = textOf(argument, operator)
    return onText((value) => value[has](text))
  }
  const [[inner, value] = ["", undefined], ...more] = Object.entries(argument)
  if (inner !== "equals-ignore-case" || more.length > 0) refuse(`Unsupported ${operator} match pattern: ${inner}`)
  const text = textOf(value, `${operator} with equals-ignore-case`).toLowerCase()
  return onText((each) => each.toLowerCase()[has](text))
}

const TEXT_OPERATORS: Readonly<Record<string, (argument: unknown) => Test>> = {
  prefix: (argument) => edge(argument, "prefix"),
  suffix: (argument) => edge(argument, "suffix"),
  "equals-ignore-case"(argument) {
    const text = textOf(argument, "equals-ignore-case").toLowerCase()
    return onText((value) => value.toLowerCase() === text)
  },
  wildcard: (argument) => onText(wildcard(textOf(argument, "wildcard"))),
  cidr: (argument) => onText(cidr(textOf(argument, "cidr"))),
}

/** Lists hold texts only or numbers only; an object holds one text operator over one text or several. */
function anythingBut(argument: unknown, dialect: Dialect): Test {
  if (isObject(argument)) {
    const [[operator, value] = ["", undefined], ...more] = Object.entries(argument)
    if (!dialect.anythingBut.has(operator) || more.length > 0) refuse(`Unsupported anything-but pattern: ${operator}`)
    const values = Array.isArray(value) ? value : [value]
    if (values.length === 0) refuse(`anything-but ${operator} needs a value`)
    const tests = values.map((each) => TEXT_OPERATORS[operator]!(each))
    return (each) => !tests.some((test) => test(each))
  }
  const values: unknown[] = Array.isArray(argument) ? argument : [argument]
  const kinds = new Set(values.map((value) => typeof value))
  if (kinds.size !== 1 || !(kinds.has("string") || kinds.has("number")))
    refuse("Inside anything but list, either all values are number or string, mixed type is not supported")
  const refused = new Set(values)
  return (each) => !refused.has(each)
}

const COMPARE: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
}

/** `["=", 5]`, one bound, or a lower bound followed by an upper one. */
function numeric(argument: unknown, { maxNumber }: Dialect): Test {
  if (!Array.isArray(argument) || (argument.length !== 2 && argument.length !== 4))
    return refuse("Value of numeric must be an array of one comparison or of a range")
  const pairs = Array.from({ length: argument.length / 2 }, (_, index) => {
    const [operator, bound] = [argument[index * 2], argument[index * 2 + 1]]
    if (typeof operator !== "string" || !Object.hasOwn(COMPARE, operator))
      refuse(`Unrecognized numeric range operator: ${String(operator)}`)
    if (typeof bound !== "number" || Math.abs(bound) > maxNumber)
      refuse(`Value of numeric must be a number between -${maxNumber} and ${maxNumber}`)
    return { operator: String(operator), bound: Number(bound) }
  })
  const [low, high] = pairs
  if (high && !(low!.operator.startsWith(">") && high.operator.startsWith("<") && low!.bound < high.bound))
    refuse("Bad numeric range: a lower bound comes first and is less than the upper one")
  return (value) => typeof value === "number" && pairs.every(({ operator, bound }) => COMPARE[operator]!(value, bound))
}

/** One element of a leaf's list. `absent`: it matches where the field is not there. */
export function readOperator(expression: Record<string, unknown>, dialect: Dialect): Test | "absent" {
  const [[operator, argument] = ["", undefined], ...more] = Object.entries(expression)
  if (more.length > 0) refuse(`Only one key allowed in match expression, found ${operator} and ${more[0]![0]}`)
  if (!dialect.operators.has(operator)) refuse(`Unrecognized match type ${operator}`)
  if (operator === "exists") {
    if (typeof argument !== "boolean") refuse("exists match pattern must be either true or false.")
    if (!argument) return "absent"
    return dialect.existsIsFilled ? (value) => value !== null && value !== "" : () => true
  }
  if (operator === "anything-but") return anythingBut(argument, dialect)
  if (operator === "numeric") return numeric(argument, dialect)
  return TEXT_OPERATORS[operator]!(argument)
}
