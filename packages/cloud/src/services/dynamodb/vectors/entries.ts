import { notSimulated } from "../../../endpoint/errors.ts"
import { canonicalText, type Item, itemKey, keyAttributes, plainNumber } from "../key.ts"
import type { AttributeValue, KeyPart } from "../key.ts"
import type { Ask } from "../proxy.ts"
import type { Table } from "../tables.ts"
import type { VectorIndex } from "./definition.ts"
import { hasScore, vectorOf } from "./vector.ts"

/** What an index knows of one item. */
export interface Entry {
  key: Item
  vector: Float32Array
  /** Values of the search schema, by attribute, as texts that are equal for equal values. */
  schema: ReadonlyMap<string, string>
}

/** All vectors of all indexes lie in this process; so many bytes of them at most. */
export const MOST_BYTES = 512 * 2 ** 20
const ENTRY_BYTES = 200
/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const BATCH = 100

/** A value of the search schema as text, or undefined where it is not of the declared type. */
export function schemaText({ type }: KeyPart, value: AttributeValue | undefined): string | undefined {
  const inner: unknown = value?.[type]
  if (typeof inner !== "string") return undefined
  return type === "N" ? plainNumber(inner) : inner
}

/** An item's entry; undefined where it is not in the index: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearchDataSync.html */
export function entryOf(item: Item, table: Table, index: VectorIndex): Entry | undefined {
  const vector = vectorOf(item[index.attribute], index.dimensions)
  if (!vector || !hasScore(vector, index.distance)) return undefined
  const schema = new Map<string, string>()
  for (const part of index.hash ? [index.hash, ...index.filters] : index.filters) {
    const text = schemaText(part, item[part.name])
    if (text !== undefined) schema.set(part.name, text)
  }
  if (index.hash && !schema.has(index.hash.name)) return undefined
  return { key: keyAttributes(table.keys, item), vector, schema }
}

/**
 * The entries of one index. They are read from the table at the first search, and what was written since is read again before the next one:
 * a search that begins after a write was answered finds it. (In AWS an index follows its table a little later.)
 */
export class Entries {
  bytes = 0
  private readonly byKey = new Map<string, Entry>()
  private written = new Map<string, Item>()
  private isLoaded = false
  private reading: Promise<void> = Promise.resolve()

  constructor(
    private readonly ask: Ask,
    private readonly table: Table,
    private readonly index: VectorIndex,
    private readonly hasRoom: () => boolean,
  ) {}

  get size(): number {
    return this.byKey.size
  }

  /** An item may have changed. */
  touch(key: string, item: Item): void {
    // Before the first search nothing is known; the whole table is read then.
    this.written.set(key, keyAttributes(this.table.keys, item))
  }

  /** The entries as the table has them now. */
  async current(): Promise<Iterable<Entry>> {
    const reading = this.reading.catch(() => {}).then(() => this.read())
    this.reading = reading
    await reading
    return this.byKey.values()
  }

  private async read(): Promise<void> {
    if (!this.isLoaded) {
      this.written.clear()
      await this.load()
      this.isLoaded = true
    }
    while (this.written.size > 0) {
      const batch = [...this.written].slice(0, BATCH)
      for (const [key] of batch) this.written.delete(key)
      try {
        await this.refresh(batch)
      } catch (error) {
        for (const [key, item] of batch) this.written.set(key, item)
        throw error
      }
    }
  }

  private expressions() {
    const { hash, filters, attribute } = this.index
    const names = [...this.table.keys, ...(hash ? [hash] : []), ...filters].map(({ name }) => name)
    const own = [...new Set([...names, attribute])].map((name, at) => [`#a${at}`, name] as const)
    return { ProjectionExpression: own.map(([token]) => token).join(", "), ExpressionAttributeNames: Object.fromEntries(own) }
  }

  private async load(): Promise<void> {
    this.byKey.clear()
    this.bytes = 0
    let from: Item | undefined
    do {
      const request = { TableName: this.table.name, ConsistentRead: true, ...this.expressions(), ExclusiveStartKey: from }
      const { status, json } = await this.ask("Scan", request)
      if (status !== 200) throw new Error(`The engine does not give the items of ${this.table.name}: ${String(json?.message)}`)
      for (const item of json.Items as Item[]) this.keep(itemKey(this.table, item)!, item)
      from = json.LastEvaluatedKey
    } while (from)
  }

  private async refresh(batch: readonly (readonly [string, Item])[]): Promise<void> {
    const found = new Map<string, Item>()
    let wanted: any = { [this.table.name]: { Keys: batch.map(([, key]) => key), ConsistentRead: true, ...this.expressions() } }
    while (wanted && Object.keys(wanted).length > 0) {
      const { status, json } = await this.ask("BatchGetItem", { RequestItems: wanted })
      if (status !== 200) throw new Error(`The engine does not give items of ${this.table.name}: ${String(json?.message)}`)
      for (const item of json.Responses?.[this.table.name] ?? []) found.set(itemKey(this.table, item)!, item)
      wanted = json.UnprocessedKeys
    }
    for (const [key] of batch) this.keep(key, found.get(key))
  }

  private keep(key: string, item: Item | undefined): void {
    const size = this.index.dimensions * 4 + ENTRY_BYTES
    if (this.byKey.delete(key)) this.bytes -= size
    const entry = item && entryOf(item, this.table, this.index)
    if (!entry) return
    if (!this.hasRoom())
      throw notSimulated(
        "dynamodb",
        `SearchVectors over more than ${MOST_BYTES / 2 ** 20} MB of vectors, which this process keeps in memory; use fewer items or dimensions on a laptop`,
      )
    this.byKey.set(key, entry)
    this.bytes += size
  }
}

/** Orders entries of the same score: any order is right, this one is always the same. */
export const keyText = ({ key }: Entry): string => canonicalText(key)
