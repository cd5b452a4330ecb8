import { AwsError, type AwsRequest, type AwsResponse } from "../../../service.ts"
import { checkExpressions } from "../corrections.ts"
import type { Database } from "../database.ts"
import { partsAt, segmentsOf } from "../document-path.ts"
import { itemBytes } from "../item-size.ts"
import type { AttributeValue, Item } from "../key.ts"
import { bodyOf } from "../request.ts"
import type { Table } from "../tables.ts"
import { invalid, validated } from "../validation.ts"
import { demandsOf } from "./condition.ts"
import type { VectorIndex } from "./definition.ts"
import { type Entry, entryOf, keyText } from "./entries.ts"
import { projectedNames } from "./projection.ts"
import { compareScores, hasScore, SCORES, shortNumber, vectorOf } from "./vector.ts"

const MEMBERS = [
  "TableName",
  "IndexName",
  "ReturnConsumedCapacity",
  "ExpressionAttributeNames",
  "ExpressionAttributeValues",
  "ProjectionExpression",
  "SearchVector",
  "SearchConditionExpression",
  "TopK",
]
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearchTroubleshooting.html, read 2026-12-01 */
const MOST_RESULTS = 100
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearch.Requirements.html, read 2026-12-01 */
const MOST_BYTES = 16 * 2 ** 20
/** Results whose items change while they are fetched are ranked again, so often. */
const MOST_ATTEMPTS = 5

interface Result {
  entry: Entry
  score: number
}

interface Search {
  table: Table
  index: VectorIndex
  vector: Float32Array
  demands: ReadonlyMap<string, string>
  topK: number
}

async function existing(json: any, { tables, vectors }: Database): Promise<{ table: Table; index: VectorIndex }> {
  const table = await tables.find(json.TableName)
  if (!table) throw new AwsError("ResourceNotFoundException", "Requested resource not found")
  const index = vectors.find(table.name, json.IndexName)
  if (!index) throw invalid(`The table does not have the specified index: ${String(json.IndexName)}`)
  if (index.isBackfilling) throw invalid(`Cannot search backfilling vector index: ${index.name}`)
  return { table, index }
}

function vectorAsked({ SearchVector: given }: any, index: VectorIndex): Float32Array {
  if (!Array.isArray(given))
    throw invalid(
      "1 validation error detected: Value null at 'searchVector' failed to satisfy constraint: Member must not be null",
    )
  const vector = vectorOf({ L: given }, index.dimensions)
  if (!vector)
    throw invalid(
      `One or more parameter values were invalid: SearchVector must be a list of ${index.dimensions} numbers of 32 bits, as the index ${index.name} has dimensions`,
    )
  if (!hasScore(vector, index.distance))
    throw invalid("One or more parameter values were invalid: SearchVector must not be zero, which has no angle to other vectors")
  return vector
}

/** The engine reads the expressions as those of a Scan: their grammar, names, values and reserved words. */
async function checkGrammar(json: any, table: Table, { ask }: Database): Promise<void> {
  const { SearchConditionExpression, ProjectionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = json
  const own = { ProjectionExpression, ExpressionAttributeNames, ExpressionAttributeValues }
  if (Object.values({ ...own, SearchConditionExpression }).every((member) => member === undefined)) return
  const asked = { ...own, FilterExpression: SearchConditionExpression }
  const inWords = (message: string) => message.replace("FilterExpression", "SearchConditionExpression")
  try {
    checkExpressions(asked)
  } catch (error) {
    throw error instanceof AwsError ? invalid(inWords(error.message)) : error
  }
  const { status, json: told } = await ask("Scan", { TableName: table.name, Limit: 1, ...asked })
  if (status !== 200) throw invalid(inWords(String(told?.message ?? told?.Message)))
}

/** The nearest entries, nearest first, and how many were looked at. */
function ranked(entries: Iterable<Entry>, { index, vector, demands, topK }: Search): { best: Result[]; looked: number } {
  const score = SCORES[index.distance]
  const found: Result[] = []
  for (const entry of entries) {
    let fits = true
    for (const [name, text] of demands) fits &&= entry.schema.get(name) === text
    if (fits) found.push({ entry, score: score(vector, entry.vector) })
  }
  const order = (a: Result, b: Result) =>
    compareScores(index.distance, a.score, b.score) || (keyText(a.entry) < keyText(b.entry) ? -1 : 1)
  return { best: found.toSorted(order).slice(0, topK), looked: found.length }
}

/** The items of results, by place; one that is gone, or has another vector by now, is undefined. */
async function itemsOf(results: readonly Result[], { table, index }: Search, { ask }: Database): Promise<(Item | undefined)[]> {
  const found = new Map<string, Item>()
  let wanted: any =
    results.length > 0 ? { [table.name]: { Keys: results.map(({ entry }) => entry.key), ConsistentRead: true } } : {}
  while (Object.keys(wanted).length > 0) {
    const { status, json } = await ask("BatchGetItem", { RequestItems: wanted })
    if (status !== 200) throw new Error(`The engine does not give the items of a search: ${String(json?.message)}`)
    for (const item of json.Responses?.[table.name] ?? []) {
      const entry = entryOf(item, table, index)
      if (entry) found.set(keyText(entry), item)
    }
    wanted = json.UnprocessedKeys ?? {}
  }
  return results.map(({ entry }) => {
    const item = found.get(keyText(entry))
    const now = item && entryOf(item, table, index)
    const isSame = now?.vector.every((value, at) => value === entry.vector[at])
    return isSame && [...entry.schema].every(([name, text]) => now?.schema.get(name) === text) ? item : undefined
  })
}

function pathsAsked({ ProjectionExpression, ExpressionAttributeNames: names }: any, table: Table, index: VectorIndex) {
  if (typeof ProjectionExpression !== "string") return undefined
  const paths = ProjectionExpression.split(",").map((path) => segmentsOf(path.trim(), names))
  const projected = projectedNames(table, index)
  const missing = projected && paths.find(([top]) => !projected.includes(String(top)))
  if (missing)
    throw invalid(
      `One or more parameter values were invalid: Vector index ${index.name} does not project [${String(missing[0])}]`,
    )
  return paths
}

/** An item as the index has it: what it projects, its vector at 32 bits. */
function projected(item: Item, entry: Entry, table: Table, index: VectorIndex): Item {
  const names = projectedNames(table, index) ?? Object.keys(item)
  const own = Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : [])))
  const kept: AttributeValue = { L: Array.from(entry.vector, (value) => ({ N: shortNumber(value) })) }
  return { ...own, [index.attribute]: kept }
}

/**
 * The cost that AWS counts goes by the bytes of the vectors it looks at and of what it returns; how, no page says:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearchMonitoring.html. All vectors are looked at here, so this is the most.
 */
const bytesOf = (looked: number, items: readonly Item[], { dimensions }: VectorIndex): number =>
  looked * dimensions * 4 + items.reduce((sum, item) => sum + itemBytes(item), 0)

/** SearchVectors: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SearchVectors.html */
export async function searchVectors(request: AwsRequest, database: Database): Promise<AwsResponse> {
  const { json } = bodyOf(request)
  validated("SearchVectors", json, MEMBERS)
  if (!Number.isInteger(json.TopK) || json.TopK < 1 || json.TopK > MOST_RESULTS)
    throw invalid("Provided TopK value is out of valid range")
  const { table, index } = await existing(json, database)
  const vector = vectorAsked(json, index)
  await checkGrammar(json, table, database)
  const search: Search = { table, index, vector, demands: demandsOf(json, index), topK: json.TopK }
  const paths = pathsAsked(json, table, index)

  const { results, items, looked } = await settled(search, database)
  const found = items.map((item, at) => projected(item, results[at]!.entry, table, index))
  const given = paths ? found.map((item) => partsAt(item, paths) ?? {}) : found
  const SearchResults = given.map((Item, at) => ({ Item, Score: results[at]!.score }))
  const bytes = bytesOf(looked, given, index)
  const isAsked = json.ReturnConsumedCapacity !== undefined && json.ReturnConsumedCapacity !== "NONE"
  const body = JSON.stringify({ SearchResults, ...(isAsked && { ConsumedCapacity: { VectorSearchRequestBytes: bytes } }) })
  if (Buffer.byteLength(body) > MOST_BYTES)
    throw invalid("The response is larger than 16 MB, and there are no pages: lower TopK, or ask for fewer attributes")
  return { status: 200, body, units: { vectorSearchBytes: bytes } }
}

/** The results with their items; ranked again where an item changed between the two, and without it where it goes on changing. */
async function settled(search: Search, database: Database): Promise<{ results: Result[]; items: Item[]; looked: number }> {
  for (let attempt = 1; ; attempt++) {
    const { best, looked } = ranked(await database.vectors.current(search.table, search.index), search)
    const items = await itemsOf(best, search, database)
    if (attempt < MOST_ATTEMPTS && items.includes(undefined)) continue
    const results = best.filter((_, at) => items[at] !== undefined)
    return { results, items: items.filter((item) => item !== undefined), looked }
  }
}
