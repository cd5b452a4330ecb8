import type { Consumed } from "./capacity.ts"
import type { Database } from "./database.ts"
import { assignedValues } from "./expression.ts"
import { type Item, keyAttributes, partitionOf } from "./key.ts"
import type { Table } from "./tables.ts"
import type { Demand } from "./throughput.ts"

const globalIndexes = (table: Table) => table.indexes.filter(({ isGlobal }) => isGlobal)

/** Demands on the global indexes that an item lies in. */
function demandsOf(table: Table, image: Item | undefined): Demand[] {
  return globalIndexes(table).flatMap((index) => {
    const partition = partitionOf(index.keys, image)
    return partition === undefined ? [] : [{ kind: "Write" as const, table, index, partition, units: 1 }]
  })
}

/**
 * What a write will need of the table's global indexes. An index that cannot take its share holds the write of the table back:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/throttling-key-range-limit-exceeded-mitigation.html
 * A Put says where its item goes. For the others the item is looked up, only while some key of an index is empty.
 */
export async function indexesBefore(database: Database, table: Table, operation: string, json: any): Promise<Demand[]> {
  if (operation === "PutItem") return demandsOf(table, json.Item)
  if (!database.throughput.hasEmptyIndex(table)) return []
  const Key = keyAttributes(table.keys, json.Key)
  const found = await database.ask("GetItem", { TableName: table.name, Key, ConsistentRead: true })
  return [...demandsOf(table, found.json.Item), ...demandsOf(table, { ...found.json.Item, ...assignedValues(json) })]
}

/** What a write did cost in the global indexes. All of an index is charged to the key that the item has there after the write (before, of a delete). */
export function indexDemands(
  table: Table,
  image: Item | undefined,
  consumed: Consumed | undefined,
): { demands: Demand[]; total: number } {
  const spent = consumed?.GlobalSecondaryIndexes ?? {}
  const demands = demandsOf(table, image).map((demand) => ({ ...demand, units: spent[demand.index!.name]?.CapacityUnits ?? 0 }))
  return { demands, total: Object.values(spent).reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0) }
}
