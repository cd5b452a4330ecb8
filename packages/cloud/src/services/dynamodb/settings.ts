import { join } from "node:path"
import { Journal } from "../../journal.ts"
import type { VectorIndex } from "./vectors/definition.ts"

/** What this layer keeps of a table beside the engine. */
export interface TableSettings {
  /** Epoch milliseconds of the cloud. */
  createdAt?: number
  ttl?: { attribute: string; enabled: boolean; changedAt: number }
  vectors?: readonly VectorIndex[]
}

/** Settings by table name; over restarts where there is a folder. */
export class Settings {
  private readonly byTable = new Map<string, TableSettings>()
  private readonly journal: Journal<{ table: string; settings: TableSettings | null }> | undefined

  constructor(folder: string | undefined) {
    if (folder === undefined) return
    this.journal = new Journal(join(folder, "tables.journal"), ({ table, settings }) => this.keep(table, settings))
    this.journal.rewrite([...this.byTable].map(([table, settings]) => ({ table, settings })))
  }

  get(table: string): TableSettings {
    return this.byTable.get(table) ?? {}
  }

  change(table: string, change: Partial<TableSettings>): void {
    const settings = { ...this.get(table), ...change }
    this.journal?.append({ table, settings })
    this.keep(table, settings)
  }

  drop(table: string): void {
    this.journal?.append({ table, settings: null })
    this.keep(table, null)
  }

  all(): [table: string, settings: TableSettings][] {
    return [...this.byTable]
  }

  close(): void {
    this.journal?.close()
  }

  private keep(table: string, settings: TableSettings | null): void {
    if (settings) this.byTable.set(table, settings)
    else this.byTable.delete(table)
  }
}
