import { segmentsOf, shownPath, valueAt } from "./document-path.ts"
import { type Target, updateTargets } from "./expression.ts"
import type { Item } from "./key.ts"

/** An update whose new elements have their true places, and what must still hold of the item when it is done. */
export interface Placed {
  json: any
  /** Length of each list that the update writes an element of, by the path of the list. */
  lengths: ReadonlyMap<string, number>
}

const SIZE = ":backlineSize"
/** An attribute that no item has: the engine refuses a path below it in AWS's words, once the condition has held. */
const NOWHERE = { "#backlineNowhere": "backline nowhere" }

const isWrite = ({ clause }: Target): boolean => clause === "SET" || clause === "ADD"

/** Whether an update writes to an element of a list, so that the item has to be known. */
export const writesElements = (expression: unknown): expression is string =>
  typeof expression === "string" &&
  expression.includes("[") &&
  updateTargets(expression).some((target) => isWrite(target) && target.path.includes("["))

/** The lists that a path goes through, each with the index it takes there; the last is `isTarget`, where the path ends with an index. */
const indexesOf = (path: string) =>
  [...path.matchAll(/\[(\d+)\]/g)].map((match) => ({
    list: path.slice(0, match.index),
    index: Number(match[1]),
    isTarget: match.index + match[0].length === path.length,
  }))

/** How an update meets the lists of an item. */
interface Met {
  lengths: Map<string, number>
  /** Indexes beyond the end that are written to, by the list. */
  beyond: Map<string, number[]>
  /** The first target below an element that is not there: the engine would make it, AWS refuses. */
  lost?: Target
}

function meet(targets: readonly Target[], names: any, item: Item | undefined): Met {
  const met: Met = { lengths: new Map(), beyond: new Map() }
  for (const target of targets.filter(isWrite))
    for (const { list, index, isTarget } of indexesOf(target.path)) {
      const segments = segmentsOf(list, names)
      const size: unknown = valueAt(item, segments)?.L?.length
      if (typeof size !== "number") break
      met.lengths.set(list, size)
      if (index < size) continue
      if (!isTarget) met.lost ??= target
      const id = shownPath(segments)
      met.beyond.set(
        id,
        [...new Set([...(met.beyond.get(id) ?? []), index])].toSorted((a, b) => a - b),
      )
      break
    }
  return met
}

const own = (condition: string | undefined): string[] => (condition === undefined ? [] : [`(${condition})`])

/**
 * The update as the engine has to be told it: an element beyond the end of its list is appended, several in the order of their indexes, where
 * the engine would fill the gap. The lengths that the lists had become conditions, so a list that has changed meanwhile is noticed.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html#Expressions.UpdateExpressions.SET.AddingListElements
 */
export function placed(json: any, item: Item | undefined): Placed {
  const { UpdateExpression: expression, ExpressionAttributeNames: names, ExpressionAttributeValues: values } = json
  const targets = updateTargets(expression)
  const { lengths, beyond, lost } = meet(targets, names, item)
  if (lengths.size === 0) return { json, lengths }
  let written: string = expression
  // From the end, so that the places of the others stay.
  for (const target of targets.toReversed()) {
    const path = target === lost ? "#backlineNowhere.a" : placeOf(target, names, item, beyond)
    written = written.slice(0, target.at) + path + written.slice(target.at + target.path.length)
  }
  const sizes = [...lengths].map(([list, size], index) => ({ list, name: `${SIZE}${index}`, size }))
  const conditions = sizes.map(({ list, name }) => `size(${list}) = ${name}`)
  const lengthsAsValues = Object.fromEntries(sizes.map(({ name, size }) => [name, { N: String(size) }]))
  return {
    json: {
      ...json,
      UpdateExpression: written,
      ConditionExpression: [...own(json.ConditionExpression), ...conditions].join(" AND "),
      ExpressionAttributeValues: { ...values, ...lengthsAsValues },
      ...(lost && { ExpressionAttributeNames: { ...names, ...NOWHERE } }),
    },
    lengths,
  }
}

function placeOf({ clause, path }: Target, names: any, item: Item | undefined, beyond: Met["beyond"]): string {
  const { list, index = 0, isTarget } = indexesOf(path).at(-1) ?? {}
  if (list === undefined || !isTarget) return path
  const segments = segmentsOf(list, names)
  const indexes = beyond.get(shownPath(segments))
  const size: number = valueAt(item, segments)?.L?.length ?? 0
  if (!indexes || index < size) return path
  // What is removed there is not there; it must not meet what is appended.
  if (clause !== "SET" && clause !== "ADD") return `${list}[${index + indexes.length}]`
  return `${list}[${size + indexes.indexOf(index)}]`
}

/** Whether the lists no longer had these lengths in the item that a condition refused. */
export const hasMoved = (lengths: ReadonlyMap<string, number>, names: any, item: Item | undefined): boolean =>
  [...lengths].some(([list, size]) => valueAt(item, segmentsOf(list, names))?.L?.length !== size)
