/** DynamoDB nests 32 levels, of which an event and what holds it take some: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const DEEPEST = 16
/** Smaller ones are refused, unless they are none. */
const SMALLEST = 1e-130

/** Half a character becomes the mark for what cannot be read, and so does NUL, which not every reader takes. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll("\0", "\uFFFD")

/** A number that comes back as it was, or its text. */
function storableNumber(value: number): number | string {
  const size = Math.abs(value)
  return size <= Number.MAX_SAFE_INTEGER && (size === 0 || size >= SMALLEST) ? value : String(value)
}

/**
 * A value as log, frame and stored answer all take it, so that each reader has the same: a model may send anything. What nests deeper than sixteen levels
 * is left out.
 */
export function storable<T>(value: T, depth?: number): T
export function storable(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return storableText(value)
  if (typeof value === "number") return storableNumber(value)
  if (typeof value === "bigint") return String(value)
  if (typeof value !== "object" || value === null) return value
  if (depth === DEEPEST) return "…"
  if (Array.isArray(value)) return value.filter((each) => each !== undefined).map((each) => storable(each, depth + 1))
  /** `fromEntries` makes `__proto__` a member like any other. An empty name is refused. */
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([name, each]) => [storableText(name) || "_", storable(each, depth + 1)]),
  )
}

/** The beginning of a text, never half a character of it. */
export const beginning = (text: string, characters: number): string =>
  text.length <= characters ? text : `${text.slice(0, characters - 1).replace(/[\uD800-\uDBFF]$/, "")}…`
