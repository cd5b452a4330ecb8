import type { Table } from "../tables.ts"
import type { VectorIndex } from "./definition.ts"

/** Attributes that an index has of its items; undefined where it has all: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearch.html */
export function projectedNames(table: Table, { attribute, hash, filters, projection }: VectorIndex): string[] | undefined {
  if (projection.ProjectionType === "ALL") return undefined
  const parts = [...table.keys, ...(hash ? [hash] : []), ...filters]
  return [...new Set([...parts.map(({ name }) => name), attribute, ...(projection.NonKeyAttributes ?? [])])]
}
