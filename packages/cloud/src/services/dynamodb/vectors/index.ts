import { setTimeout as pause } from "node:timers/promises"
import type { Write } from "../changes.ts"
import type { Ask } from "../proxy.ts"
import type { Settings } from "../settings.ts"
import type { Table } from "../tables.ts"
import type { VectorIndex } from "./definition.ts"
import { Entries, type Entry, MOST_BYTES } from "./entries.ts"

const NONE: readonly VectorIndex[] = []
/** AWS takes minutes, for few items too; here it is just long enough that a program which does not wait is seen to fail. */
const BACKFILL_MS = 500

/** The vector indexes of all tables: declared in the settings, which outlive a restart, and their entries in memory. */
export class Vectors {
  /** By table, then by index. */
  private readonly entries = new Map<string, Map<string, Entries>>()

  constructor(
    private readonly ask: Ask,
    private readonly settings: Settings,
  ) {}

  /** What the last run did not finish filling is read at the first search, as any index. */
  recover(): void {
    for (const [table, { vectors }] of this.settings.all())
      if (vectors?.some(({ isBackfilling }) => isBackfilling))
        this.settings.change(table, { vectors: vectors.map((index) => ({ ...index, isBackfilling: undefined })) })
  }

  of(table: string): readonly VectorIndex[] {
    return this.settings.get(table).vectors ?? NONE
  }

  find(table: string, name: unknown): VectorIndex | undefined {
    return this.of(table).find((index) => index.name === name)
  }

  /** Called after every write, whether it changed anything or not. */
  touch(writes: readonly Write[]): void {
    for (const { table, key, item } of writes)
      for (const entries of this.entries.get(table.name)?.values() ?? []) entries.touch(key, item)
  }

  /** The entries of an index as its table is now. */
  current(table: Table, index: VectorIndex): Promise<Iterable<Entry>> {
    return this.entriesOf(table, index).current()
  }

  counted(table: string, index: string): { items: number; bytes: number } {
    const entries = this.entries.get(table)?.get(index)
    return { items: entries?.size ?? 0, bytes: entries?.bytes ?? 0 }
  }

  add(table: string, index: VectorIndex): void {
    this.settings.change(table, { vectors: [...this.of(table), index] })
  }

  /** Reads the items of a table that was there into a new index; until then it is not searched. */
  async backfill(table: Table, index: VectorIndex): Promise<void> {
    try {
      await Promise.all([this.current(table, index), pause(BACKFILL_MS)])
    } finally {
      const others = this.of(table.name)
      const vectors = others.map((other) => (other.name === index.name ? { ...other, isBackfilling: undefined } : other))
      if (others.some(({ name }) => name === index.name)) this.settings.change(table.name, { vectors })
    }
  }

  remove(table: string, name: string): void {
    this.settings.change(table, { vectors: this.of(table).filter((index) => index.name !== name) })
    this.entries.get(table)?.delete(name)
  }

  drop(table: string): void {
    this.entries.delete(table)
  }

  private entriesOf(table: Table, index: VectorIndex): Entries {
    const ofTable = this.entries.get(table.name) ?? new Map<string, Entries>()
    this.entries.set(table.name, ofTable)
    const known = ofTable.get(index.name)
    if (known) return known
    const entries = new Entries(this.ask, table, index, () => this.bytes() < MOST_BYTES)
    ofTable.set(index.name, entries)
    return entries
  }

  private bytes(): number {
    let sum = 0
    for (const ofTable of this.entries.values()) for (const { bytes } of ofTable.values()) sum += bytes
    return sum
  }
}
