import { type KeyPart } from "../key.ts"
import { invalid } from "../validation.ts"

const DISTANCES = ["COSINE", "DOT_PRODUCT", "EUCLIDEAN"] as const
export type Distance = (typeof DISTANCES)[number]

/** A vector index as it was declared: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_VectorIndex.html */
export interface VectorIndex {
  name: string
  /** The attribute that holds the vector: a list of numbers. */
  attribute: string
  dimensions: number
  distance: Distance
  /** Its value must be given to every search. */
  hash?: KeyPart
  filters: KeyPart[]
  projection: { ProjectionType: "ALL" | "KEYS_ONLY" | "INCLUDE"; NonKeyAttributes?: string[] }
  /** Added to a table that was there: its items are read in first. */
  isBackfilling?: boolean
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-table-vectorindex.html, read 2026-12-01 */
const MOST_DIMENSIONS = 4_096
const NAME = /^[a-zA-Z0-9_.-]{3,255}$/
const MEMBERS = ["IndexName", "VectorAttribute", "SearchSchema", "Projection", "Dimensions", "DistanceFunction"]
const PROJECTIONS = ["ALL", "KEYS_ONLY", "INCLUDE"]

const violated = (value: unknown, member: string, constraint: string) =>
  invalid(`1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: ${constraint}`)
const wrong = (message: string) => invalid(`One or more parameter values were invalid: ${message}`)

const text = (value: unknown, member: string): string => {
  if (typeof value !== "string" || value === "" || value.length > 255)
    throw violated(value ?? "null", member, "Member must have length between 1 and 255")
  return value
}

function projectionOf(given: any): VectorIndex["projection"] {
  const { ProjectionType, NonKeyAttributes } = given ?? {}
  if (!PROJECTIONS.includes(ProjectionType))
    throw violated(
      ProjectionType ?? "null",
      "projection.projectionType",
      "Member must satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]",
    )
  if ((ProjectionType === "INCLUDE") !== (Array.isArray(NonKeyAttributes) && NonKeyAttributes.length > 0))
    throw wrong(
      ProjectionType === "INCLUDE"
        ? "ProjectionType is INCLUDE, but NonKeyAttributes is not specified"
        : `ProjectionType is ${ProjectionType}, but NonKeyAttributes is specified`,
    )
  return given
}

/** Reads one VectorIndex of CreateTable, or the Create of an update; `types` are the table's AttributeDefinitions. */
export function definitionOf(given: any, types: ReadonlyMap<string, KeyPart["type"]>): VectorIndex {
  const unknown = Object.keys(given ?? {}).find((member) => !MEMBERS.includes(member))
  if (unknown) throw wrong(`Unexpected member of a vector index: ${unknown}`)
  const { IndexName, VectorAttribute, SearchSchema = [], Projection, Dimensions, DistanceFunction } = given ?? {}
  if (typeof IndexName !== "string" || !NAME.test(IndexName))
    throw violated(
      IndexName ?? "null",
      "vectorIndexes.member.indexName",
      "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+ and have 3 to 255 characters",
    )
  // CloudFormation hands numbers over as text, too.
  const dimensions = typeof Dimensions === "string" ? Number(Dimensions) : Dimensions
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > MOST_DIMENSIONS)
    throw violated(Dimensions ?? "null", "dimensions", `Member must be a whole number from 1 to ${MOST_DIMENSIONS}`)
  if (!DISTANCES.includes(DistanceFunction))
    throw violated(
      DistanceFunction ?? "null",
      "distanceFunction",
      `Member must satisfy enum value set: [${DISTANCES.join(", ")}]`,
    )
  const schema = (Array.isArray(SearchSchema) ? SearchSchema : []).map(
    ({ AttributeName, SearchSchemaElementType: role }: any) => {
      const name = text(AttributeName, "searchSchema.member.attributeName")
      const type = types.get(name)
      // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearchTroubleshooting.html
      if (!type) throw wrong("One element in SearchSchema is not defined in attribute definitions")
      if (role !== "HASH" && role !== "INLINE_FILTER")
        throw violated(
          role ?? "null",
          "searchSchema.member.searchSchemaElementType",
          "Member must satisfy enum value set: [HASH, INLINE_FILTER]",
        )
      return { role, part: { name, type } }
    },
  )
  const attribute = text(VectorAttribute?.AttributeName, "vectorAttribute.attributeName")
  const names = [attribute, ...schema.map(({ part }) => part.name)]
  if (new Set(names).size < names.length) throw wrong("An attribute is named twice in the vector index")
  const hashes = schema.filter(({ role }) => role === "HASH")
  if (hashes.length > 1) throw wrong("SearchSchema has more than one HASH element")
  return {
    name: IndexName,
    attribute,
    dimensions,
    distance: DistanceFunction,
    hash: hashes[0]?.part,
    filters: schema.filter(({ role }) => role === "INLINE_FILTER").map(({ part }) => part),
    projection: projectionOf(Projection),
  }
}

/** What indexes of one table may not do together. `others` are the names of its secondary indexes. */
export function checkTogether(indexes: readonly VectorIndex[], others: readonly string[]): void {
  const names = [...others, ...indexes.map(({ name }) => name)]
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice) throw wrong(`Duplicate index name: ${twice}`)
  const dimensions = new Map<string, number>()
  for (const index of indexes) {
    const known = dimensions.get(index.attribute) ?? index.dimensions
    dimensions.set(index.attribute, known)
    if (known !== index.dimensions)
      throw wrong(`Vector indexes on the attribute ${index.attribute} must all have the same number of dimensions`)
  }
}

/** As DescribeTable tells it. */
export const describedIndex = (index: VectorIndex, arn: string, counted: { items: number; bytes: number }) => {
  const element = ({ name }: KeyPart, role: string) => ({ AttributeName: name, SearchSchemaElementType: role })
  const schema = [
    ...(index.hash ? [element(index.hash, "HASH")] : []),
    ...index.filters.map((part) => element(part, "INLINE_FILTER")),
  ]
  return {
    IndexName: index.name,
    ...(schema.length > 0 && { SearchSchema: schema }),
    Projection: index.projection,
    VectorAttribute: { AttributeName: index.attribute },
    Dimensions: index.dimensions,
    DistanceFunction: index.distance,
    // Said only while it is so: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_VectorIndexDescription.html
    IndexStatus: index.isBackfilling ? "CREATING" : "ACTIVE",
    ...(index.isBackfilling && { Backfilling: true }),
    IndexSizeBytes: counted.bytes,
    ItemCount: counted.items,
    IndexArn: `${arn}/index/${index.name}`,
  }
}
