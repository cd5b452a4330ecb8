import type { Statement } from "./policy.ts"
import type { Who } from "./principal.ts"

/*
 * For tests: the documented evaluation, transcribed sentence by sentence without regular expressions, caches or compilation, so that the compiled evaluator has an
 * independent opinion to agree with. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */

type Values = Readonly<Record<string, string | readonly string[]>>
export type Decision = "allow" | "deny" | "implicitDeny"
const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T]

function valuesOf(context: Values, key: string): readonly string[] | undefined {
  const found = Object.keys(context).findLast((name) => name.toLowerCase() === key.toLowerCase())
  return found === undefined ? undefined : list(context[found])
}

/** One character of a pattern; a `*` or `?` that came out of a variable is no wildcard. */
interface Sign {
  text: string
  wild: boolean
}

/** The pattern with its variables filled in; undefined when the request has no single value for one. */
function filled(pattern: string, context: Values): Sign[] | undefined {
  const signs: Sign[] = []
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] !== "$" || pattern[at + 1] !== "{") {
      signs.push({ text: pattern[at]!, wild: pattern[at] === "*" || pattern[at] === "?" })
      continue
    }
    const end = pattern.indexOf("}", at)
    const inside = pattern.slice(at + 2, end)
    at = end
    const [key = "", quoted] = inside.split(",")
    const values = inside.length === 1 ? [inside] : valuesOf(context, key.trim())
    const value = values?.length === 1 ? values[0] : quoted?.trim().slice(1, -1)
    if (value === undefined) return undefined
    for (const text of value) signs.push({ text, wild: false })
  }
  return signs
}

/** Whether the wildcard at this place of a pattern may take a colon. */
type MayCross = (pattern: Sign[], place: number) => boolean

function matches(pattern: Sign[], value: string, crosses: MayCross, at = 0, from = 0): boolean {
  if (at === pattern.length) return from === value.length
  const { text, wild } = pattern[at]!
  const takes = () => from < value.length && (value[from] !== ":" || crosses(pattern, at))
  if (wild && text === "*")
    return matches(pattern, value, crosses, at + 1, from) || (takes() && matches(pattern, value, crosses, at, from + 1))
  if (wild) return takes() && matches(pattern, value, crosses, at + 1, from + 1)
  return text === value[from] && matches(pattern, value, crosses, at + 1, from + 1)
}

const everywhere: MayCross = () => true
const colons = (pattern: Sign[]) => pattern.filter(({ text, wild }) => text === ":" && !wild).length
const isArn = (pattern: Sign[]) =>
  "arn:" ===
  pattern
    .slice(0, 4)
    .map(({ text, wild }) => (wild ? "" : text))
    .join("")

function like(text: string, value: string, context: Values): boolean {
  const pattern = filled(text, context)
  return pattern !== undefined && matches(pattern, value, everywhere)
}

/** Missing fields of an ARN are wildcards; the sixth field is everything after the fifth colon. */
function likeArn(text: string, value: string, context: Values, ends: "leaves" | "stays"): boolean {
  const pattern = filled(text, context)
  if (pattern === undefined) return false
  if (isArn(pattern)) while (colons(pattern) < 5) pattern.push({ text: ":", wild: false }, { text: "*", wild: true })
  if (colons(pattern) < 5) return matches(pattern, value, everywhere)
  const crosses: MayCross = (signs, place) => {
    if (colons(signs.slice(0, place)) >= 5) return true
    const next = signs[place + 1]
    return ends === "leaves" && signs[place]!.text === "*" && next?.text === ":" && !next.wild
  }
  return matches(pattern, value, crosses)
}

/** Text that is compared as a whole: variables are filled, wildcards are characters. */
function equalText(wanted: string, actual: string, context: Values, fold: (text: string) => string): boolean {
  const signs = filled(wanted, context)
  return signs !== undefined && fold(signs.map(({ text }) => text).join("")) === fold(actual)
}

const number = (text: string) => (text.trim() === "" ? Number.NaN : Number(text))
const digits = (text: string) => text !== "" && [...text].every((sign) => sign >= "0" && sign <= "9")
const instant = (text: string) => (digits(text) ? Number(text) * 1000 : Date.parse(text))

function compare(how: string, actual: number, wanted: number): boolean {
  if (how === "Equals") return actual === wanted
  if (how === "LessThan") return actual < wanted
  if (how === "LessThanEquals") return actual <= wanted
  if (how === "GreaterThan") return actual > wanted
  if (how === "GreaterThanEquals") return actual >= wanted
  throw new Error(`No transcription of ${how}`)
}

/** IPv4 only: the property uses no other. */
const bits = (address: string) =>
  address
    .split(".")
    .map((part) => Number(part).toString(2).padStart(8, "0"))
    .join("")
function inRange(range: string, address: string): boolean {
  const [network = "", length = "32"] = range.split("/")
  if (address.split(".").length !== 4) return false
  return bits(network).slice(0, Number(length)) === bits(address).slice(0, Number(length))
}

function holds(operator: string, actual: string, wanted: string, context: Values): boolean {
  if (operator.startsWith("Numeric")) return compare(operator.slice("Numeric".length), number(actual), number(wanted))
  if (operator.startsWith("Date")) return compare(operator.slice("Date".length), instant(actual), instant(wanted))
  switch (operator) {
    case "StringEquals":
      return equalText(wanted, actual, context, (text) => text)
    case "StringEqualsIgnoreCase":
      return equalText(wanted, actual, context, (text) => text.toLowerCase())
    case "Bool":
      return actual.toLowerCase() === wanted.toLowerCase()
    case "BinaryEquals":
      return actual === wanted
    case "IpAddress":
      return inRange(wanted, actual)
    case "StringLike":
      return like(wanted, actual, context)
    case "ArnEquals":
    case "ArnLike":
      return likeArn(wanted, actual, context, "stays")
    default:
      throw new Error(`No transcription of ${operator}`)
  }
}

function conditionHolds(name: string, key: string, wanted: readonly string[], context: Values): boolean {
  const actual = valuesOf(context, key)
  if (name === "Null") return wanted.includes("true") ? actual === undefined : actual !== undefined
  const set = name.startsWith("ForAllValues:") ? "all" : name.startsWith("ForAnyValue:") ? "any" : undefined
  const ifExists = name.endsWith("IfExists")
  const operator = name.replace("ForAllValues:", "").replace("ForAnyValue:", "").replace("IfExists", "")
  const negated = operator.includes("Not")
  const positive = operator.replace("Not", "")
  const matchesOne = (value: string) => {
    const some = wanted.some((one) => holds(positive, value, one, context))
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

function concerns(statement: Statement, action: string, resource: string, context: Values): boolean {
  const likeAction = (pattern: string) => like(pattern.toLowerCase(), action.toLowerCase(), {})
  if (statement.Action !== undefined && !list(statement.Action).some(likeAction)) return false
  if (statement.NotAction !== undefined && list(statement.NotAction).some(likeAction)) return false
  const likeResource = (pattern: string) => likeArn(pattern, resource, context, "leaves")
  if (statement.Resource !== undefined && !list(statement.Resource).some(likeResource)) return false
  if (statement.NotResource !== undefined && list(statement.NotResource).some(likeResource)) return false
  for (const [operator, keys] of Object.entries(statement.Condition ?? {}))
    for (const [key, wanted] of Object.entries(keys))
      if (!conditionHolds(operator, key, list(wanted).map(String), context)) return false
  return true
}

/** An account as principal stands for all its principals when it is denied, and for none in particular when it is allowed. */
function means({ Principal, Effect }: Statement, who: Who): boolean {
  if (Principal === "*") return true
  for (const [kind, values] of Object.entries(Principal as Record<string, string | readonly string[]>))
    for (const value of list(values)) {
      if (kind === "AWS" && (value === "*" || who.arns.includes(value))) return true
      const ownAccount = value === who.account || value === `arn:aws:iam::${who.account}:root`
      if (kind === "AWS" && who.account !== undefined && ownAccount && Effect === "Deny") return true
      if (kind === "Service" && who.service === value) return true
    }
  return false
}

export interface Request {
  action: string
  resource: string
  context: Values
}

/** Decision of an identity policy alone. */
export function evaluateSlowly(statements: readonly Statement[], action: string, resource: string, context: Values): Decision {
  const relevant = statements.filter((statement) => concerns(statement, action, resource, context))
  if (relevant.some(({ Effect }) => Effect === "Deny")) return "deny"
  return relevant.some(({ Effect }) => Effect === "Allow") ? "allow" : "implicitDeny"
}

/** Decision of a caller's identity policy (none for an AWS service) and the policy of the resource, in one account. */
export function decideSlowly(
  identity: readonly Statement[],
  attached: readonly Statement[],
  who: Who,
  { action, resource, context }: Request,
): Decision {
  const meant = attached.filter((statement) => means(statement, who))
  const decisions = [meant, who.service === undefined ? identity : []].map((each) =>
    evaluateSlowly(each, action, resource, context),
  )
  if (decisions.includes("deny")) return "deny"
  return decisions.includes("allow") ? "allow" : "implicitDeny"
}
