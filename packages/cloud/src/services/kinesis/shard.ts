import type { ShardFiles } from "./shard-files.ts"
import { Segment } from "./segment.ts"
import { Sequence } from "./sequence.ts"
import { Throughput } from "./throughput.ts"

export interface ShardRange {
  /** First and last hash key, both inclusive. */
  from: bigint
  to: bigint
}

/** Where a record lies: its segment and its index there. */
export interface Place {
  segment: Segment
  index: number
}

/** An ordered log of records. Positions count from 0 and never change; what has expired has no place any more. */
export class Shard {
  readonly id: string
  readonly sequence: Sequence
  readonly throughput = new Throughput()
  /** Set when the shard was split or merged: it is read to its end and takes no more records. */
  closed = false
  private segments: Segment[] = []
  private files: ShardFiles | undefined
  /** Position up to which everything is in the files. */
  private kept = 0
  /** Position that the next record gets. */
  end = 0

  constructor(
    readonly index: number,
    readonly range: ShardRange,
    readonly createdAt: number,
    readonly parents: readonly string[] = [],
  ) {
    this.id = `shardId-${String(index).padStart(12, "0")}`
    this.sequence = new Sequence(createdAt, index)
  }

  /** Oldest position that is still kept. */
  get start(): number {
    return this.segments[0]?.first ?? this.end
  }

  /** Appends and returns the sequence number. */
  append(key: string | undefined, data: string, dataBytes: number, keyBytes: number, arrival: number): string {
    const need = dataBytes + keyBytes
    let segment = this.segments.at(-1)
    if (!segment?.hasRoom(need)) this.segments.push((segment = new Segment(this.end, need)))
    segment.add(key, data, dataBytes, keyBytes, arrival)
    return this.sequence.at(this.end++)
  }

  /** Keeps the records in files from now on, and takes up those that are there. */
  keepIn(files: ShardFiles): void {
    this.files = files
    this.segments = files.load()
    const last = this.segments.at(-1)
    this.end = this.kept = Math.max(this.end, last ? last.first + last.count : 0)
  }

  /** What was appended outlives this process when this returns. */
  flush(): void {
    if (!this.files || this.kept === this.end) return
    for (const segment of this.segments.slice(this.indexOf(this.kept)))
      this.files.write(segment, Math.max(0, this.kept - segment.first))
    this.kept = this.end
  }

  close(): void {
    this.files?.close()
  }

  private indexOf(position: number): number {
    let index = this.segments.length - 1
    while (index > 0 && this.segments[index]!.first > position) index--
    return Math.max(0, index)
  }

  place(position: number): Place | undefined {
    let low = 0
    let high = this.segments.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const segment = this.segments[middle]!
      if (position < segment.first) high = middle - 1
      else if (position >= segment.first + segment.count) low = middle + 1
      else return { segment, index: position - segment.first }
    }
    return undefined
  }

  /** Lets go of what arrived before `oldest`, segment by segment; readers skip the rest by arrival. */
  expire(oldest: number): void {
    let gone = 0
    const isOld = ({ count, lastArrival }: Segment) => count > 0 && lastArrival < oldest
    while (gone < this.segments.length && isOld(this.segments[gone]!)) gone++
    if (gone === 0) return
    if (this.files && gone === this.segments.length) {
      // An empty file says where positions go on.
      this.segments.push(new Segment(this.end, 0))
      this.files.mark(this.segments.at(-1)!)
    }
    for (const segment of this.segments.splice(0, gone)) this.files?.drop(segment)
  }

  /** First position that arrived at or after `time` (epoch milliseconds). */
  firstSince(time: number): number {
    for (const segment of this.segments) {
      if (segment.lastArrival < time) continue
      for (let index = 0; index < segment.count; index++) if (segment.arrival(index) >= time) return segment.first + index
    }
    return this.end
  }
}
