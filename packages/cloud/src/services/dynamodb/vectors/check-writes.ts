import { notSimulated } from "../../../endpoint/errors.ts"
import { segmentsOf } from "../document-path.ts"
import { updateTargets } from "../expression.ts"
import type { AttributeValue } from "../key.ts"
import { invalid } from "../validation.ts"
import type { VectorIndex } from "./definition.ts"
import { faultyElement } from "./vector.ts"

/** Refuses what AWS refuses of a vector: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearchTroubleshooting.html */
function check(value: AttributeValue | undefined, { name, attribute, dimensions }: VectorIndex): void {
  if (value === undefined) return
  const values: unknown = value.L
  const type = (place: string) => invalid(`One or more parameter values were invalid: Invalid type for parameter ${place}`)
  if (!Array.isArray(values)) throw type(attribute)
  const faulty = faultyElement(values)
  if (faulty !== undefined) throw type(`${attribute}[${faulty}]`)
  if (values.length !== dimensions)
    throw invalid(
      `One or more parameter values were invalid: Vector attribute ${attribute} has ${values.length} dimensions, but the vector index ${name} has ${dimensions}`,
    )
}

const ASSIGNED = /^\s*=\s*(?:(if_not_exists)\s*\([^,()]*,\s*)?(:[\w-]+)\s*(\)?)\s*(?=,|$|SET\b|REMOVE\b|ADD\b|DELETE\b)/i

/** Of an update, the value that it gives the vector; what cannot be told before the write is refused by name. */
function assigned(action: any, { attribute }: VectorIndex): AttributeValue[] {
  const { UpdateExpression: expression, ExpressionAttributeNames: names, ExpressionAttributeValues: values } = action
  const older = action.AttributeUpdates?.[attribute]
  if (older?.Action === "ADD") throw partOf("AttributeUpdates ADD")
  const given: AttributeValue[] = older?.Value ? [older.Value] : []
  if (typeof expression !== "string") return given
  for (const { clause, path, at } of updateTargets(expression)) {
    const [top, ...below] = segmentsOf(path, names)
    if (top !== attribute) continue
    if (clause === "REMOVE" && below.length === 0) continue
    const [, , value] = ASSIGNED.exec(expression.slice(at + path.length)) ?? []
    if (clause !== "SET" || below.length > 0 || value === undefined) throw partOf(`${clause} ${path}`)
    if (values?.[value]) given.push(values[value])
  }
  return given
}

const partOf = (what: string) =>
  notSimulated(
    "dynamodb",
    `UpdateItem.UpdateExpression (${what}) of an indexed vector, which is set as a whole (SET vector = :value) or removed`,
  )

/** Looks at the vectors of one write: a request, or an action of a transaction. */
export function checkVectors(kind: "Put" | "Update", action: any, indexes: readonly VectorIndex[]): void {
  for (const index of indexes)
    if (kind === "Put") check(action.Item?.[index.attribute], index)
    else for (const value of assigned(action, index)) check(value, index)
}
