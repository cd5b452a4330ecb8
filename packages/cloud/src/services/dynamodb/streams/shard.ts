import { createHash } from "node:crypto"
import type { StoredRecord } from "./stored-record.ts"

/** Records of one stretch of time, in order. Positions count over all shards of a stream. */
export class Shard {
  readonly id: string
  closed = false
  private records: StoredRecord[] = []
  /** Position after the last record. */
  end: number

  constructor(
    readonly index: number,
    readonly createdAt: number,
    /** Position of the first record it ever got. */
    readonly first: number,
    readonly parent?: string,
  ) {
    const hash = createHash("md5").update(`${createdAt} ${index}`).digest("hex").slice(0, 8)
    this.id = `shardId-${String(createdAt).padStart(20, "0")}-${hash}`
    this.end = first
  }

  /** Oldest position that is still kept. */
  get start(): number {
    return this.records[0]?.at ?? this.end
  }

  get isEmpty(): boolean {
    return this.records.length === 0
  }

  add(record: StoredRecord): void {
    this.records.push(record)
    this.end = record.at + 1
  }

  /** At most `limit` records from a position on, and at most `bytes` of them, but always one. */
  read(from: number, limit: number, bytes: number): StoredRecord[] {
    const first = Math.max(0, from - this.start)
    const found: StoredRecord[] = []
    let size = 0
    for (let index = first; index < this.records.length && found.length < limit; index++) {
      size += this.records[index]!.json.length
      if (found.length > 0 && size > bytes) break
      found.push(this.records[index]!)
    }
    return found
  }

  trim(oldest: number): void {
    let gone = 0
    while (gone < this.records.length && this.records[gone]!.arrival < oldest) gone++
    if (gone > 0) this.records.splice(0, gone)
  }

  *[Symbol.iterator](): Iterator<StoredRecord> {
    yield* this.records
  }
}
