import { join } from "node:path"
import { Journal } from "../../../journal.ts"
import { AwsError, type Place } from "../../../service.ts"
import { tableArn } from "../arn.ts"
import type { Item } from "../key.ts"
import type { Table } from "../tables.ts"
import { type Change, type StreamInfo, TableStream, type ViewType } from "./stream.ts"
import type { StoredRecord } from "./stored-record.ts"

/** The label of a stream is its birth; a fixed one is known before the table exists, and keeps two starts equal. */
export const STREAM_LABEL = "2025-01-01T00:00:00.000"
const COMPACT_BYTES = 16_777_216

/** A write of items whose tables have streams, before the engine was asked: what is there is compared when a run ended in between. */
export interface Intent {
  id: number
  writes: { table: string; key: Item; old?: Item }[]
}

type Line =
  | { open: StreamInfo; first?: { index: number; createdAt: number; start: number } }
  | { disable: string }
  | { drop: string }
  | { intent: Intent }
  | { done: number; records: [arn: string, record: StoredRecord][] }

/** All streams of the tables, and what must be known of them after a restart. */
export class Streams {
  private readonly byArn = new Map<string, TableStream>()
  private readonly intents = new Map<number, Intent>()
  private nextIntent = 1
  private readonly journal: Journal<Line> | undefined
  private compactAt = COMPACT_BYTES

  constructor(
    folder: string | undefined,
    private readonly place: Place,
    readonly now: () => number,
  ) {
    this.journal = folder === undefined ? undefined : new Journal(join(folder, "streams.journal"), (line) => this.replay(line))
  }

  /** Streams of all tables; those of one where it is named. */
  list(table?: string): TableStream[] {
    const all = [...this.byArn.values()]
    for (const stream of all) {
      stream.trim(this.now())
      // A stream that was switched off goes with its last record.
      if (!stream.enabled && stream.shards.every(({ isEmpty }) => isEmpty)) this.drop(stream.info.arn)
    }
    return all.filter(({ info }) => this.byArn.has(info.arn) && (table === undefined || info.table === table))
  }

  /** The stream that takes what changes in a table. */
  of(table: string): TableStream | undefined {
    for (const stream of this.byArn.values()) if (stream.enabled && stream.info.table === table) return stream
    return undefined
  }

  get(arn: unknown): TableStream {
    const stream = typeof arn === "string" ? this.byArn.get(arn) : undefined
    if (!stream) throw new AwsError("ResourceNotFoundException", `Requested resource not found: Stream: ${String(arn)} not found`)
    stream.trim(this.now())
    return stream
  }

  /** Opens the stream of a table. Unlike on AWS it has the ARN of the one before it, which is gone with its records. */
  enable(table: Table, viewType: ViewType): TableStream {
    const arn = `${tableArn(this.place, table.name)}/stream/${STREAM_LABEL}`
    if (this.byArn.has(arn)) this.drop(arn)
    const [label, createdAt] = [STREAM_LABEL, this.now()]
    const info = { table: table.name, arn, label, viewType, keys: table.keys, createdAt, region: this.place.region }
    const stream = new TableStream(info)
    this.journal?.append({ open: info })
    this.byArn.set(arn, stream)
    return stream
  }

  disable(stream: TableStream): void {
    this.journal?.append({ disable: stream.info.arn })
    stream.disable()
  }

  drop(arn: string): void {
    this.journal?.append({ drop: arn })
    this.byArn.delete(arn)
  }

  /** Writes down what is about to be written. */
  begin(writes: Intent["writes"]): number {
    const intent = { id: this.nextIntent++, writes }
    if (this.journal) this.intents.set(intent.id, intent)
    this.journal?.append({ intent })
    return intent.id
  }

  /** Appends what changed and writes it down; when it returns, the records outlive the process. */
  finish(id: number, changes: readonly { table: string; change: Change }[]): void {
    const now = this.now()
    const records = changes.flatMap(({ table, change }): [string, StoredRecord][] => {
      const stream = this.of(table)
      return stream ? [[stream.info.arn, stream.append(change, now)]] : []
    })
    this.intents.delete(id)
    this.journal?.append({ done: id, records })
    if (this.journal && this.journal.size > this.compactAt) this.compact()
  }

  /** Writes that the last run did not finish. */
  unfinished(): Intent[] {
    return [...this.intents.values()]
  }

  close(): void {
    for (const stream of this.byArn.values()) stream.wake()
    this.journal?.close()
  }

  private replay(line: Line): void {
    if ("open" in line) {
      this.byArn.set(line.open.arn, new TableStream(line.open, line.first))
    } else if ("disable" in line) this.byArn.get(line.disable)?.disable()
    else if ("drop" in line) this.byArn.delete(line.drop)
    else if ("intent" in line) {
      this.intents.set(line.intent.id, line.intent)
      this.nextIntent = Math.max(this.nextIntent, line.intent.id + 1)
    } else {
      this.intents.delete(line.done)
      for (const [arn, record] of line.records) this.byArn.get(arn)?.restore(record)
    }
  }

  private compact(): void {
    const { journal } = this
    if (!journal) return
    const lines: Line[] = []
    for (const stream of this.list()) {
      const { index, createdAt, start } = stream.shards[0]!
      lines.push({ open: stream.info, first: { index, createdAt, start } })
      const records = stream.shards.flatMap((shard) => [...shard].map((record) => ({ ...record, born: shard.createdAt })))
      lines.push({ done: 0, records: records.map((record) => [stream.info.arn, record]) })
      if (!stream.enabled) lines.push({ disable: stream.info.arn })
    }
    for (const intent of this.intents.values()) lines.push({ intent })
    journal.rewrite(lines)
    this.compactAt = journal.size * 2 + COMPACT_BYTES
  }
}
