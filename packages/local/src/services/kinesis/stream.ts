import { AwsError } from "../../service.ts"
import { HASH_KEYS, explicitHashKey, hashKey } from "./hash.ts"
import { Shard } from "./shard.ts"

/** Partition keys whose shard is remembered; MD5 would otherwise cost more than storing the record. */
const KNOWN_KEYS = 8_192

export interface StreamOptions {
  name: string
  arn: string
  shards: number
  mode: "PROVISIONED" | "ON_DEMAND"
  retentionHours: number
  createdAt: number
}

/** A stream: its shards by hash range, and who wants to know of new records. */
export class Stream {
  /** All shards, closed ones too, by index. */
  readonly shards: Shard[] = []
  private open: Shard[] = []
  private known = new Map<string, Shard>()
  private readonly listeners = new Set<() => void>()

  constructor(readonly options: StreamOptions) {
    const width = HASH_KEYS / BigInt(options.shards)
    for (let index = 0; index < options.shards; index++) {
      const last = index === options.shards - 1
      this.shards.push(
        new Shard(
          index,
          { from: BigInt(index) * width, to: last ? HASH_KEYS - 1n : BigInt(index + 1) * width - 1n },
          options.createdAt,
        ),
      )
    }
    this.open = [...this.shards]
  }

  get name(): string {
    return this.options.name
  }

  openShards(): readonly Shard[] {
    return this.open
  }

  /** The open shard that takes a record. */
  shardFor(partitionKey: string, explicit?: unknown): Shard {
    if (explicit !== undefined && explicit !== null) return this.holding(explicitHashKey(explicit))
    if (this.open.length === 1) return this.open[0]!
    let shard = this.known.get(partitionKey)
    if (shard) return shard
    shard = this.holding(hashKey(partitionKey))
    if (this.known.size >= KNOWN_KEYS) this.known.clear()
    this.known.set(partitionKey, shard)
    return shard
  }

  private holding(hash: bigint): Shard {
    return this.open.find(({ range }) => hash >= range.from && hash <= range.to)!
  }

  /** The shard with this id, or ResourceNotFoundException. */
  shard(id: unknown): Shard {
    const shard = this.shards.find((each) => each.id === id)
    if (!shard) throw new AwsError("ResourceNotFoundException", `Shard ${String(id)} in stream ${this.name} does not exist`)
    return shard
  }

  /** Closes `parents` and opens children with the given ranges. */
  reshard(parents: readonly Shard[], ranges: readonly Shard["range"][], now: number): void {
    // A child's sequence numbers must be greater than its parents', which are made of whole seconds.
    const createdAt = Math.max(now, ...parents.map((parent) => parent.createdAt + 1000))
    for (const parent of parents) parent.closed = true
    const ids = parents.map(({ id }) => id)
    for (const range of ranges) this.shards.push(new Shard(this.shards.length, range, createdAt, ids))
    this.open = this.shards.filter(({ closed }) => !closed)
    this.known = new Map()
    this.notify()
  }

  /** Calls `listener` after every change until the returned function is called. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  notify(): void {
    for (const listener of this.listeners) listener()
  }

  /** Epoch milliseconds before which records have expired. */
  oldest(now: number): number {
    return now - this.options.retentionHours * 3_600_000
  }

  expire(now: number): void {
    for (const shard of this.shards) shard.expire(this.oldest(now))
  }
}
