import type { AwsRequest, AwsResponse } from "../../../service.ts"
import type { Database } from "../database.ts"
import { itemBytes } from "../item-size.ts"
import { canonicalText, type Item, itemKey, keyAttributes } from "../key.ts"
import { bodyOf } from "../request.ts"
import type { Table } from "../tables.ts"
import type { VectorIndex } from "./definition.ts"
import { entryOf } from "./entries.ts"
import { projectedNames } from "./projection.ts"

/** Names of tables, each with an item or key that a request writes. */
function writesOf({ TableName, Item: item, Key, RequestItems, TransactItems }: any): [table: unknown, item: any][] {
  if (RequestItems)
    return Object.entries<any>(RequestItems).flatMap(([table, requests]) =>
      (Array.isArray(requests) ? requests : []).map((one: any): [string, any] => [
        table,
        one?.PutRequest?.Item ?? one?.DeleteRequest?.Key,
      ]),
    )
  if (Array.isArray(TransactItems))
    return TransactItems.flatMap((one) => [one?.Put, one?.Update, one?.Delete].filter(Boolean).flatMap(writesOf))
  return [[TableName, item ?? Key]]
}

/** What an index keeps of an item: its vector at 32 bits and what it projects. */
function kept(item: Item | undefined, table: Table, index: VectorIndex): { text: string; bytes: number } | undefined {
  const entry = item && entryOf(item, table, index)
  if (!entry) return undefined
  const names = projectedNames(table, index) ?? Object.keys(item)
  const others = Object.fromEntries(names.flatMap((name) => (item[name] && name !== index.attribute ? [[name, item[name]]] : [])))
  const bytes = index.dimensions * 4 + Buffer.byteLength(index.attribute) + itemBytes(others)
  return { text: canonicalText([others, [...entry.vector]]), bytes }
}

/**
 * Writes that ask for INDEXES are told the bytes that went into vector indexes; those that change nothing there cost nothing.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearchMonitoring.html
 */
export async function withVectorCapacity(
  request: AwsRequest,
  database: Database,
  run: () => Promise<AwsResponse>,
): Promise<AwsResponse> {
  const { json } = bodyOf(request)
  if (json?.ReturnConsumedCapacity !== "INDEXES") return run()
  const writes = new Map<string, { table: Table; Key: Item }>()
  for (const [name, item] of writesOf(json)) {
    const table = await database.tables.find(name)
    const key = table && itemKey(table, item)
    if (table && key !== undefined && database.vectors.of(table.name).length > 0)
      writes.set(key, { table, Key: keyAttributes(table.keys, item) })
  }
  if (writes.size === 0) return run()
  const items = () =>
    Promise.all(
      [...writes.values()].map(async ({ table, Key }): Promise<Item | undefined> => {
        const { json: told } = await database.ask("GetItem", { TableName: table.name, Key, ConsistentRead: true })
        return told.Item
      }),
    )
  const before = await items()
  const response = await run()
  if (response.status !== 200) return response
  const after = await items()
  const spent = new Map<string, Record<string, { VectorWriteRequestBytes: number }>>()
  for (const [at, { table }] of [...writes.values()].entries())
    for (const index of database.vectors.of(table.name)) {
      const [old, now] = [kept(before[at], table, index), kept(after[at], table, index)]
      if (old?.text === now?.text) continue
      const indexes = spent.get(table.name) ?? {}
      spent.set(table.name, indexes)
      const bytes = indexes[index.name]?.VectorWriteRequestBytes ?? 0
      indexes[index.name] = { VectorWriteRequestBytes: bytes + Math.max(old?.bytes ?? 0, now?.bytes ?? 0) }
    }
  if (spent.size === 0) return response
  const { ConsumedCapacity, ...rest } = JSON.parse(String(response.body))
  const withOwn = (one: any) => (spent.has(one?.TableName) ? { ...one, VectorIndexes: spent.get(one.TableName) } : one)
  const told = Array.isArray(ConsumedCapacity) ? ConsumedCapacity.map(withOwn) : ConsumedCapacity && withOwn(ConsumedCapacity)
  return { ...response, body: JSON.stringify({ ...rest, ConsumedCapacity: told }) }
}
