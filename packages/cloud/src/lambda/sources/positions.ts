import { join } from "node:path"
import { Journal } from "../../journal.ts"

const COMPACT_BYTES = 1_048_576

/** How far each shard is done, for one mapping: outlives its pollers, and the process where there is a folder. Values are the poller's own. */
export class Positions {
  private readonly byShard = new Map<string, string>()
  private readonly journal: Journal<[shard: string, sequence: string]> | undefined

  constructor(data: string | undefined, mappingId: string) {
    if (data === undefined) return
    this.journal = new Journal(join(data, "lambda", `${mappingId}.journal`), ([shard, sequence]) =>
      this.byShard.set(shard, sequence),
    )
  }

  get isEmpty(): boolean {
    return this.byShard.size === 0
  }

  get(shard: string): string | undefined {
    return this.byShard.get(shard)
  }

  /** Everything up to and with this record is done; when it returns, a restart knows. */
  set(shard: string, sequence: string): void {
    this.byShard.set(shard, sequence)
    this.journal?.append([shard, sequence])
    if (this.journal && this.journal.size > COMPACT_BYTES) this.journal.rewrite(this.byShard)
  }

  /** Forgets shards that are gone. */
  keep(shards: readonly string[]): void {
    for (const shard of this.byShard.keys()) if (!shards.includes(shard)) this.byShard.delete(shard)
  }

  close(): void {
    this.journal?.close()
  }
}
