import { join } from "node:path"
import { Journal } from "../../journal.ts"
import type { Settings } from "./settings.ts"
import { Shard } from "./shard.ts"
import { ShardFiles } from "./shard-files.ts"

interface ShardRecord {
  index: number
  from: string
  to: string
  createdAt: number
  parents: readonly string[]
}

/** `opened` and `closed` of one reshard are one line, so a crash leaves both or neither. */
interface Entry {
  opened?: readonly ShardRecord[]
  closed?: readonly string[]
  /** Shard count that the template gave last. */
  declared?: number
  /** What the template gave last, and what is so since a call changed it. */
  given?: Settings
  settings?: Settings
}

/** The layout of a stream on disk: which shards there are, and which are closed. Their records lie beside. */
export class StreamFiles {
  readonly shards: Shard[] = []
  declared: number | undefined
  private given: Settings | undefined
  private kept: Settings | undefined
  private readonly journal: Journal<Entry>

  constructor(private readonly folder: string) {
    this.journal = new Journal<Entry>(join(folder, "shards.jsonl"), ({ opened = [], closed = [], declared, given, settings }) => {
      for (const { index, from, to, createdAt, parents } of opened)
        this.shards.push(new Shard(index, { from: BigInt(from), to: BigInt(to) }, createdAt, parents))
      for (const shard of this.shards) if (closed.includes(shard.id)) shard.closed = true
      this.declared = declared ?? this.declared
      this.given = given ?? this.given
      this.kept = settings ?? this.kept
    })
    for (const shard of this.shards) this.keep(shard)
  }

  /** Notes a change of the layout. */
  note(opened: readonly Shard[], closed: readonly Shard[]): void {
    const records = opened.map(({ index, range: { from, to }, createdAt, parents }) => ({
      index,
      from: String(from),
      to: String(to),
      createdAt,
      parents,
    }))
    this.journal.append({ opened: records, closed: closed.map(({ id }) => id) })
    for (const shard of opened) {
      this.shards.push(shard)
      this.keep(shard)
    }
  }

  declare(count: number): void {
    this.declared = count
    this.journal.append({ declared: count })
  }

  /** What holds where the template gives these settings. */
  settings(given: Settings): Settings {
    if (this.kept && JSON.stringify(given) === JSON.stringify(this.given)) return this.kept
    this.given = this.kept = given
    this.journal.append({ given, settings: given })
    return given
  }

  keepSettings(settings: Settings): void {
    this.kept = settings
    this.journal.append({ settings })
  }

  close(): void {
    this.journal.close()
    for (const shard of this.shards) shard.close()
  }

  private keep(shard: Shard): void {
    shard.keepIn(new ShardFiles(join(this.folder, shard.id)))
  }
}
