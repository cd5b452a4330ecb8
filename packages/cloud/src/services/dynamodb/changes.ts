import { canonicalText, type Item, itemKey, keyAttributes } from "./key.ts"
import { KeyedLock } from "./keyed-lock.ts"
import type { Ask } from "./proxy.ts"
import type { Streams } from "./streams/index.ts"
import type { Table } from "./tables.ts"

/** An item that is going to be written. */
export interface Write {
  table: Table
  /** As itemKey gives it. */
  key: string
  /** An item with the key attributes. */
  item: Item
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const BATCH = 100

/**
 * Makes stream records of writes: of tables with a stream, each item is read before and after its write, while other writes of it wait.
 * The engine has streams of its own. They are not used: each write there looks through all records of the table (twice as slow after
 * 8,000, without end), its records carry the machine's time instead of the cloud's, and only its own sweeper can sign an expiry.
 */
export class Changes {
  private readonly lock = new KeyedLock()

  constructor(
    private readonly ask: Ask,
    private readonly streams: Streams,
    /** Told after every write, whether it changed anything or not. */
    private readonly written: (writes: readonly Write[]) => void = () => {},
  ) {}

  /** Runs a write; what it changed is in the streams before this returns. `changed` says of a result whether to look. */
  async around<T>(
    writes: readonly Write[],
    run: () => Promise<T>,
    changed: (result: T) => boolean,
    isExpiry = false,
  ): Promise<T> {
    try {
      return await this.recorded(writes, run, changed, isExpiry)
    } finally {
      this.written(writes)
    }
  }

  private async recorded<T>(
    writes: readonly Write[],
    run: () => Promise<T>,
    changed: (result: T) => boolean,
    isExpiry: boolean,
  ): Promise<T> {
    const seen = writes.filter(({ table }) => this.streams.of(table.name))
    if (seen.length === 0) return run()
    const release = await this.lock.lock(seen.map(({ key }) => key))
    try {
      const before = await this.read(seen)
      // Keys that cannot be read cannot be written: the engine says why.
      if (!before) return await run()
      const intent = this.streams.begin(
        seen.map(({ table, key, item }) => ({ table: table.name, key: keyAttributes(table.keys, item), old: before.get(key) })),
      )
      let hasChanged = true
      try {
        const result = await run()
        hasChanged = changed(result)
        return result
      } finally {
        if (hasChanged) await this.finish(intent, seen, before, isExpiry)
        else this.streams.finish(intent, [])
      }
    } finally {
      release()
    }
  }

  /** Appends what the writes of an interrupted run did change. */
  async recover(find: (table: string) => Promise<Table | undefined>): Promise<void> {
    for (const { id, writes } of this.streams.unfinished()) {
      const seen: Write[] = []
      const before = new Map<string, Item>()
      for (const { table: name, key: item, old } of writes) {
        const table = await find(name)
        const key = table && itemKey(table, item)
        if (!table || key === undefined) continue
        seen.push({ table, key, item })
        if (old) before.set(key, old)
      }
      await this.finish(id, seen, before, false)
    }
  }

  private async finish(
    intent: number,
    seen: readonly Write[],
    before: ReadonlyMap<string, Item>,
    isExpiry: boolean,
  ): Promise<void> {
    const after = await this.read(seen)
    if (!after)
      throw new Error("The engine does not give back the items that were written; their stream records follow at the next start.")
    const changes = seen.flatMap(({ key, table, item }) => {
      const [old, now] = [before.get(key), after.get(key)]
      // A write that changes nothing leaves no record: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
      if (canonicalText(old) === canonicalText(now)) return []
      // The request may write the numbers of a key in another way than the item has them.
      return [{ table: table.name, change: { key: keyAttributes(table.keys, now ?? old ?? item), old, new: now, isExpiry } }]
    })
    this.streams.finish(intent, changes)
  }

  /** The items as they are, by key. */
  private async read(writes: readonly Write[]): Promise<Map<string, Item> | undefined> {
    const found = new Map<string, Item>()
    for (let from = 0; from < writes.length; from += BATCH) {
      const tables = new Map<string, Table>()
      let wanted: Record<string, { Keys: Item[]; ConsistentRead: true }> = {}
      for (const { table, item } of writes.slice(from, from + BATCH)) {
        tables.set(table.name, table)
        ;(wanted[table.name] ??= { Keys: [], ConsistentRead: true }).Keys.push(keyAttributes(table.keys, item))
      }
      // Above 16 MB the rest comes with the next call.
      while (Object.keys(wanted).length > 0) {
        const { status, json } = await this.ask("BatchGetItem", { RequestItems: wanted })
        if (status !== 200) return undefined
        for (const [name, items] of Object.entries<Item[]>(json.Responses ?? {}))
          for (const item of items) found.set(itemKey(tables.get(name)!, item)!, item)
        wanted = json.UnprocessedKeys ?? {}
      }
    }
    return found
  }
}
