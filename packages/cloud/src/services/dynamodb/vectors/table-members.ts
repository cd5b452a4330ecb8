import { notSimulated } from "../../../endpoint/errors.ts"
import { AwsError } from "../../../service.ts"
import { tableArn } from "../arn.ts"
import type { Database } from "../database.ts"
import type { KeyPart } from "../key.ts"
import type { Table } from "../tables.ts"
import { invalid } from "../validation.ts"
import { checkTogether, definitionOf, describedIndex, type VectorIndex } from "./definition.ts"

const wrong = (message: string) => invalid(`One or more parameter values were invalid: ${message}`)
const ON_DEMAND = "Vector indexes are only supported on tables with on-demand capacity (BillingMode PAY_PER_REQUEST)"

const typesOf = (definitions: any): Map<string, KeyPart["type"]> =>
  new Map((Array.isArray(definitions) ? definitions : []).map((one: any) => [one?.AttributeName, one?.AttributeType]))

const partsOf = (indexes: readonly VectorIndex[]): KeyPart[] =>
  indexes.flatMap(({ hash, filters }) => (hash ? [hash, ...filters] : filters))

const keysIn = (value: any): string[] => {
  if (Array.isArray(value)) return value.flatMap(keysIn)
  if (typeof value !== "object" || value === null) return []
  return Object.entries<any>(value).flatMap(([name, inner]) =>
    name === "KeySchema" && Array.isArray(inner) ? inner.map((one: any) => one?.AttributeName) : keysIn(inner),
  )
}

/** The request without attribute definitions that vector indexes alone need: the engine knows no use for them. */
export function withoutOwnAttributes(json: any, indexes: readonly VectorIndex[]): any {
  const [own, used] = [new Set(partsOf(indexes).map(({ name }) => name)), new Set(keysIn(json))]
  if (!Array.isArray(json.AttributeDefinitions) || own.size === 0) return json
  const left = json.AttributeDefinitions.filter((one: any) => !own.has(one?.AttributeName) || used.has(one?.AttributeName))
  const { AttributeDefinitions: _, ...rest } = json
  return left.length > 0 ? { ...rest, AttributeDefinitions: left } : rest
}

/** The vector indexes of a CreateTable. */
export function indexesOf(given: any, json: any): VectorIndex[] {
  if (given === undefined || given === null) return []
  if (!Array.isArray(given)) throw wrong("VectorIndexes must be a list")
  if (given.length > 0 && json.BillingMode !== "PAY_PER_REQUEST") throw wrong(ON_DEMAND)
  const indexes = given.map((one) => definitionOf(one, typesOf(json.AttributeDefinitions)))
  const secondary = [...(json.GlobalSecondaryIndexes ?? []), ...(json.LocalSecondaryIndexes ?? [])]
  checkTogether(
    indexes,
    secondary.map((one: any) => String(one?.IndexName)),
  )
  return indexes
}

/** What a description of the engine lacks of vector indexes. */
export function describedVectors(description: any, { vectors, cloud }: Database): object {
  const indexes = vectors.of(description.TableName)
  if (indexes.length === 0) return {}
  const known = typesOf(description.AttributeDefinitions)
  const own = new Map(partsOf(indexes).map(({ name, type }) => [name, type] as const))
  const more = [...own].filter(([name]) => !known.has(name))
  return {
    AttributeDefinitions: [
      ...(description.AttributeDefinitions ?? []),
      ...more.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    ],
    VectorIndexes: indexes.map((index) =>
      describedIndex(index, tableArn(cloud, description.TableName), vectors.counted(description.TableName, index.name)),
    ),
  }
}

/** A table with vector indexes stays on demand: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearch.Requirements.html */
export function checkBilling(json: any, indexes: readonly VectorIndex[]): void {
  if (indexes.length > 0 && json.BillingMode !== undefined && json.BillingMode !== "PAY_PER_REQUEST") throw wrong(ON_DEMAND)
}

/** VectorIndexUpdates of an UpdateTable: one index is added, and filled from the items that are there, or removed. */
export async function updateVectors(json: any, table: Table, description: any, database: Database): Promise<void> {
  const { vectors } = database
  const other = Object.keys(json).find((name) => !["TableName", "AttributeDefinitions", "VectorIndexUpdates"].includes(name))
  if (other) throw notSimulated("dynamodb", `UpdateTable with VectorIndexUpdates and ${other}`)
  const updates: any[] = Array.isArray(json.VectorIndexUpdates) ? json.VectorIndexUpdates : []
  const [update] = updates
  const kinds = Object.keys(update ?? {})
  if (kinds.length !== 1 || !["Create", "Delete"].includes(kinds[0]!))
    throw wrong("Each of VectorIndexUpdates must have either Create or Delete")
  const known = vectors.of(table.name)
  // As with global secondary indexes, of which one is changed at a time.
  if (updates.length > 1 || known.some(({ isBackfilling }) => isBackfilling))
    throw new AwsError(
      "LimitExceededException",
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    )
  if (update.Delete) {
    const name = update.Delete.IndexName
    if (!vectors.find(table.name, name))
      throw new AwsError("ResourceNotFoundException", `Requested resource not found: Index: ${String(name)} not found`)
    vectors.remove(table.name, name)
    return
  }
  if (table.provisioned) throw wrong(ON_DEMAND)
  const types = new Map([...typesOf(described(description, known)), ...typesOf(json.AttributeDefinitions)])
  const index = { ...definitionOf(update.Create, types), isBackfilling: true }
  checkTogether(
    [...known, index],
    table.indexes.map(({ name }) => name),
  )
  vectors.add(table.name, index)
  void vectors.backfill(table, index).catch((error: unknown) => {
    database.cloud.log("dynamodb", `the vector index ${index.name} of ${table.name} was not filled: ${String(error)}`)
  })
}

const described = (description: any, known: readonly VectorIndex[]) => [
  ...(description?.AttributeDefinitions ?? []),
  ...partsOf(known).map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
]
