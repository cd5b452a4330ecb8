export type Matcher = (value: string) => boolean

const ANY = Symbol("*")
const ONE = Symbol("?")
const GAP = Symbol("colon of an ARN")

/** A pattern taken apart: text that stands for itself, `*` and `?`. */
export type Pattern = readonly (string | typeof ANY | typeof ONE)[]

/** `*` stands for any run of characters, `?` for exactly one. */
export const patternOf = (text: string): Pattern =>
  text
    .split(/([*?])/)
    .filter((part) => part !== "")
    .map((part) => (part === "*" ? ANY : part === "?" ? ONE : part))

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
const expressionOf = (pattern: Pattern, any: string, one: string) =>
  pattern.map((part) => (part === ANY ? any : part === ONE ? one : escaped(part as string))).join("")
const isLiteral = (pattern: Pattern): pattern is readonly string[] => pattern.every((part) => typeof part === "string")

/** The whole value, with wildcards that take any character. */
export function glob(pattern: Pattern, options: { ignoreCase?: boolean } = {}): Matcher {
  if (pattern.length > 0 && pattern.every((part) => part === ANY)) return () => true
  if (isLiteral(pattern)) {
    const text = pattern.join("")
    if (!options.ignoreCase) return (value) => value === text
    const lower = text.toLowerCase()
    return (value) => value.toLowerCase() === lower
  }
  const lowered = options.ignoreCase ? pattern.map((part) => (typeof part === "string" ? part.toLowerCase() : part)) : pattern
  const expression = new RegExp(`^${expressionOf(lowered, ".*", ".")}$`, "s")
  return options.ignoreCase ? (value) => expression.test(value.toLowerCase()) : (value) => expression.test(value)
}

/**
 * The six parts of an ARN pattern; the sixth (the resource) keeps its colons. An ARN that stops early goes on with wildcards:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html. Undefined for what is no ARN.
 */
function segmentsOf(pattern: Pattern): Pattern[] | undefined {
  const marked = pattern.flatMap<Pattern[number] | typeof GAP>((part) =>
    typeof part === "string" ? part.split(/(:)/).map((text) => (text === ":" ? GAP : text)) : [part],
  )
  const segments: Pattern[number][][] = [[]]
  for (const part of marked)
    if (part === GAP && segments.length < 6) segments.push([])
    else if (part === GAP) segments.at(-1)!.push(":")
    else if (part !== "") segments.at(-1)!.push(part)
  const isArn = segments.length > 1 && segments[0]!.length === 1 && segments[0]![0] === "arn"
  while (isArn && segments.length < 6) segments.push([ANY])
  return segments.length === 6 ? segments : undefined
}

/** `open` says whether a `*` that ends a segment may go on into the next ones. */
function compileArn(pattern: Pattern, open: boolean): Matcher {
  const segments = segmentsOf(pattern)
  if (!segments || segments.every(isLiteral)) return glob(pattern)
  const head = segments.slice(0, 5).map((segment) => {
    const ends = open && segment.at(-1) === ANY
    const inner = expressionOf(ends ? segment.slice(0, -1) : segment, "[^:]*", "[^:]")
    return ends ? `${inner}.*` : inner
  })
  const expression = new RegExp(`^${[...head, expressionOf(segments[5]!, ".*", ".")].join(":")}$`, "s")
  return (value) => expression.test(value)
}

/**
 * Wildcards of a Resource stay inside their segment, except a `*` that ends a segment:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export const arnGlob = (pattern: Pattern): Matcher => compileArn(pattern, true)

/**
 * ArnLike and ArnEquals compare each of the six components on its own:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export const arnLike = (pattern: Pattern): Matcher => compileArn(pattern, false)
