import { isDeepStrictEqual } from "node:util"
import type { Cloud } from "../../service.ts"

type Call = (operation: string, body: object) => ReturnType<Cloud["call"]>

/** Order and absence do not matter in a list of named things. */
const byName = (list: any[] | undefined, name: string): Map<string, any> => new Map((list ?? []).map((one) => [one[name], one]))

const keysOf = (schema: any[] = []) => schema.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`)

const projectionOf = ({ Projection }: any) => [Projection?.ProjectionType, [...(Projection?.NonKeyAttributes ?? [])].sort()]

const sameIndex = (a: any, b: any): boolean =>
  isDeepStrictEqual(keysOf(a.KeySchema), keysOf(b.KeySchema)) && isDeepStrictEqual(projectionOf(a), projectionOf(b))

/** What cannot be changed in place; CloudFormation would make a new table and delete the old one. */
function replaces(wanted: any, existing: any): string | undefined {
  if (!isDeepStrictEqual(keysOf(wanted.KeySchema), keysOf(existing.KeySchema))) return "KeySchema"
  const types = byName(existing.AttributeDefinitions, "AttributeName")
  const changed = (wanted.AttributeDefinitions ?? []).find(
    ({ AttributeName, AttributeType }: any) => (types.get(AttributeName)?.AttributeType ?? AttributeType) !== AttributeType,
  )
  if (changed) return `AttributeDefinitions.${changed.AttributeName}`
  const local = byName(wanted.LocalSecondaryIndexes, "IndexName")
  const before = byName(existing.LocalSecondaryIndexes, "IndexName")
  const isSame =
    local.size === before.size && [...local].every(([name, index]) => before.has(name) && sameIndex(index, before.get(name)))
  return isSame ? undefined : "LocalSecondaryIndexes"
}

/**
 * Brings a table of an earlier run in line with its template, keeping its items. What CloudFormation can only do by replacing the table is
 * refused: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
 */
export async function reconcile(
  logicalId: string,
  wanted: any,
  existing: any,
  call: Call,
  untilActive: () => Promise<void>,
): Promise<void> {
  const { TableName, AttributeDefinitions } = wanted
  const replaced = replaces(wanted, existing)
  if (replaced)
    throw new Error(
      `Table ${logicalId} (${TableName}) of the last run has another ${replaced}. CloudFormation would replace the table and its items would be gone. Start with a fresh --data folder, or give the table another logical id.`,
    )
  const indexes = byName(wanted.GlobalSecondaryIndexes, "IndexName")
  const before = byName(existing.GlobalSecondaryIndexes, "IndexName")
  for (const [name, index] of before) {
    const now = indexes.get(name)
    if (now && !sameIndex(now, index))
      throw new Error(
        `Index ${name} of table ${logicalId} changed its keys or projection, which no update can do: delete it first and create it under another name, as CloudFormation demands.`,
      )
    if (now) continue
    await call("UpdateTable", { TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: name } }] })
    await untilActive()
  }
  for (const [name, index] of indexes) {
    if (before.has(name)) continue
    await call("UpdateTable", { TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: index }] })
    await untilActive()
  }
  await followVectors(logicalId, wanted, existing, call, untilActive)
  const mode = wanted.BillingMode ?? "PROVISIONED"
  const modeBefore = existing.BillingModeSummary?.BillingMode ?? "PROVISIONED"
  const { ReadCapacityUnits, WriteCapacityUnits } = existing.ProvisionedThroughput ?? {}
  const capacity = wanted.ProvisionedThroughput
  const hasCapacity =
    Number(capacity?.ReadCapacityUnits) === ReadCapacityUnits && Number(capacity?.WriteCapacityUnits) === WriteCapacityUnits
  if (mode !== modeBefore || (mode === "PROVISIONED" && !hasCapacity))
    await call("UpdateTable", {
      TableName,
      BillingMode: mode,
      ...(mode === "PROVISIONED" && { ProvisionedThroughput: capacity }),
    })
  await followStream(TableName, wanted.StreamSpecification, existing.StreamSpecification, call)
}

/** What an update cannot change of a vector index. */
const vectorOf = ({ VectorAttribute, Dimensions, DistanceFunction, SearchSchema = [], ...index }: any) => [
  VectorAttribute?.AttributeName,
  Number(Dimensions),
  DistanceFunction,
  SearchSchema.map((one: any) => `${one.SearchSchemaElementType} ${one.AttributeName}`).toSorted(),
  projectionOf(index),
]

async function followVectors(
  logicalId: string,
  { TableName, AttributeDefinitions, VectorIndexes }: any,
  existing: any,
  call: Call,
  untilActive: () => Promise<void>,
): Promise<void> {
  const [indexes, before] = [byName(VectorIndexes, "IndexName"), byName(existing.VectorIndexes, "IndexName")]
  const update = async (change: object) => {
    await call("UpdateTable", { TableName, AttributeDefinitions, VectorIndexUpdates: [change] })
    await untilActive()
  }
  for (const [IndexName, index] of before) {
    const now = indexes.get(IndexName)
    if (now && !isDeepStrictEqual(vectorOf(now), vectorOf(index)))
      throw new Error(
        `Vector index ${IndexName} of table ${logicalId} changed, which no update can do: create it under another name, then delete this one, as CloudFormation demands.`,
      )
    if (!now) await update({ Delete: { IndexName } })
  }
  for (const [name, index] of indexes) if (!before.has(name)) await update({ Create: index })
}

/** Another view type is another stream: the old one is switched off first. */
async function followStream(TableName: string, wanted: any, existing: any, call: Call): Promise<void> {
  if (wanted?.StreamViewType === existing?.StreamViewType) return
  if (existing) await call("UpdateTable", { TableName, StreamSpecification: { StreamEnabled: false } })
  if (wanted) await call("UpdateTable", { TableName, StreamSpecification: wanted })
}
