import type { Dialect } from "./dialect.ts"
import { refuse } from "./error.ts"
import { isObject, isScalar, readOperator, type Scalar, type Test } from "./operators.ts"

/** A pattern that was read once and is asked often. */
export interface Pattern {
  matches(event: unknown): boolean
  /** Its leaves: how many values each lists, and how deep it lies (1 = top level). */
  leaves: readonly { key: string; values: number; depth: number }[]
}

/** What a value must pass: all of its own lists, and all fields below it. Free of `$or`. */
interface Tree {
  lists: readonly ((value: unknown, event: unknown) => boolean)[]
  below: ReadonlyMap<string, Tree>
}

/** `$or`s multiply; AWS refuses what it finds too complex, without a number in its documentation. */
const MAX_ALTERNATIVES = 1_000
const NOTHING: Tree = { lists: [], below: new Map() }

/** The scalars at a value; arrays are crushed out, objects are no leaves. */
function* scalars(value: unknown): Generator<Scalar> {
  if (Array.isArray(value)) for (const each of value) yield* scalars(each)
  else if (isScalar(value)) yield value
}

/** Whether any scalar lies at `path`, through all arrays on the way. */
function isPresent(value: unknown, path: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((each) => isPresent(each, path))
  if (path.length === 0) return isScalar(value)
  return isObject(value) && Object.hasOwn(value, path[0]!) && isPresent(value[path[0]!], path.slice(1))
}

function leafTree(list: readonly unknown[], path: readonly string[], dialect: Dialect): Tree {
  if (list.length === 0) refuse(`Empty arrays are not allowed: ${path.join(".")}`)
  const tests: Test[] = []
  let mayBeAbsent = false
  for (const each of list) {
    if (isScalar(each)) tests.push((value) => value === each)
    else if (!isObject(each)) refuse(`Match value must be String, number, true, false, or null: ${path.join(".")}`)
    else {
      const test = readOperator(each, dialect)
      if (test === "absent") mayBeAbsent = true
      else tests.push(test)
    }
  }
  const passes = (value: unknown, event: unknown) => {
    for (const each of scalars(value)) if (tests.some((test) => test(each))) return true
    return mayBeAbsent && !isPresent(event, path)
  }
  return { lists: [passes], below: NOTHING.below }
}

/** Both must hold, in the same element where there is an array. */
function both(one: Tree, other: Tree): Tree {
  const below = new Map(one.below)
  for (const [key, tree] of other.below) below.set(key, both(below.get(key) ?? NOTHING, tree))
  return { lists: [...one.lists, ...other.lists], below }
}

function holds({ lists, below }: Tree, value: unknown, event: unknown): boolean {
  const inObject = (each: unknown) =>
    [...below].every(([key, tree]) => holds(tree, isObject(each) && Object.hasOwn(each, key) ? each[key] : undefined, event))
  return lists.every((passes) => passes(value, event)) && (below.size === 0 || inAnyElement(value, inObject))
}

const inAnyElement = (value: unknown, test: (each: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length > 0 ? value.some((each) => inAnyElement(each, test)) : test(value)

/**
 * Reads a pattern; throws PatternError for what the dialect does not have. Fields are and-ed, values of a field or-ed, and all fields
 * below an array must match in the same element: https://github.com/aws/event-ruler#json-array-matching
 */
export function compilePattern(pattern: unknown, dialect: Dialect): Pattern {
  const leaves: { key: string; values: number; depth: number }[] = []

  /** The ways in which an object can match. */
  function alternatives(object: Record<string, unknown>, path: readonly string[]): Tree[] {
    const entries = Object.entries(object)
    if (entries.length === 0) refuse(`Empty objects are not allowed: ${path.join(".") || "the pattern"}`)
    let all = [NOTHING]
    for (const [key, value] of entries) {
      const ways = key === "$or" ? either(value, path) : field(value, [...path, key])
      all = all.flatMap((one) => ways.map((other) => both(one, other)))
      if (all.length > MAX_ALTERNATIVES) refuse(`The pattern is too complex: over ${MAX_ALTERNATIVES} combinations of $or`)
    }
    return all
  }

  function field(value: unknown, path: readonly string[]): Tree[] {
    const below = (tree: Tree): Tree => ({ lists: [], below: new Map([[path.at(-1)!, tree]]) })
    if (isObject(value)) return alternatives(value, path).map(below)
    if (!Array.isArray(value)) return refuse(`"${path.join(".")}" must be an object or an array`)
    leaves.push({ key: path.join("."), values: value.length, depth: path.length })
    return [below(leafTree(value, path, dialect))]
  }

  /** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-complex-example-or */
  function either(value: unknown, path: readonly string[]): Tree[] {
    if (!Array.isArray(value) || value.length < 2 || !value.every(isObject))
      return refuse("$or takes an array of at least two objects")
    return value.flatMap((each) => alternatives(each, path))
  }

  if (!isObject(pattern)) return refuse("Filter is not an object")
  const ways = alternatives(pattern, [])
  return { matches: (event) => ways.some((tree) => holds(tree, event, event)), leaves }
}
