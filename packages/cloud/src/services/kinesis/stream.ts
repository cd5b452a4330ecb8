import { AwsError } from "../../service.ts"
import { HASH_KEYS, explicitHashKey, hashKey } from "./hash.ts"
import type { Settings } from "./settings.ts"
import { Shard } from "./shard.ts"
import type { StreamFiles } from "./stream-files.ts"

/** Partition keys whose shard is remembered; MD5 would otherwise cost more than storing the record. */
const KNOWN_KEYS = 8_192

export interface StreamOptions extends Settings {
  name: string
  arn: string
  shards: number
  mode: "PROVISIONED" | "ON_DEMAND"
  createdAt: number
}

/** The whole range of hash keys in so many even parts. */
function evenly(count: number): Shard["range"][] {
  const width = HASH_KEYS / BigInt(count)
  return Array.from({ length: count }, (_, index) => ({
    from: BigInt(index) * width,
    to: index === count - 1 ? HASH_KEYS - 1n : BigInt(index + 1) * width - 1n,
  }))
}

const overlapping = ({ from, to }: Shard["range"], parents: readonly Shard[]): string[] =>
  parents.filter(({ range }) => range.from <= to && range.to >= from).map(({ id }) => id)

/** A stream: its shards by hash range, and who wants to know of new records. */
export class Stream {
  /** All shards, closed ones too, by index. */
  readonly shards: Shard[] = []
  private open: Shard[] = []
  private known = new Map<string, Shard>()
  private readonly listeners = new Set<() => void>()
  /** Counts records that the stream itself spreads. */
  private spread = 0

  /** With `files` the stream goes on as it lies there. */
  constructor(
    readonly options: StreamOptions,
    private readonly files?: StreamFiles,
  ) {
    if (files && files.shards.length > 0) {
      this.shards.push(...files.shards)
      if (files.declared !== options.shards) this.scale(options.shards, options.createdAt)
    } else this.change(evenly(options.shards), [], options.createdAt)
    if (files && files.declared !== options.shards) files.declare(options.shards)
    this.open = this.shards.filter(({ closed }) => !closed)
    this.take(this.settings())
  }

  private settings(): Settings {
    const { retentionHours, maxRecordKiB, distribution } = this.options
    return { retentionHours, maxRecordKiB, distribution }
  }

  /** Settings that the template gives; what a call changed since the template gave the same stays. */
  take(given: Settings): void {
    Object.assign(this.options, this.files?.settings(given) ?? given)
  }

  /** Settings that a call changes. */
  set(changed: Partial<Settings>): void {
    Object.assign(this.options, changed)
    this.files?.keepSettings(this.settings())
  }

  get name(): string {
    return this.options.name
  }

  openShards(): readonly Shard[] {
    return this.open
  }

  /** Whether the stream itself spreads its records, whatever their keys. */
  get spreads(): boolean {
    return this.options.distribution === "AUTO"
  }

  /** The open shard that takes a record. */
  shardFor(partitionKey: string | undefined, explicit?: unknown): Shard {
    if (this.spreads || partitionKey === undefined) return this.open[this.spread++ % this.open.length]!
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

  /** When a closed shard was, epoch milliseconds: its children begin then. */
  closedAt({ id }: Shard): number {
    return Math.min(...this.shards.filter(({ parents }) => parents.includes(id)).map(({ createdAt }) => createdAt))
  }

  /** Closes `parents` and opens children with the given ranges. */
  reshard(parents: readonly Shard[], ranges: readonly Shard["range"][], now: number): void {
    // A child's sequence numbers must be greater than its parents', which are made of whole seconds.
    const createdAt = Math.max(now, ...parents.map((parent) => parent.createdAt + 1000))
    this.change(ranges, parents, createdAt)
    this.open = this.shards.filter(({ closed }) => !closed)
    this.known = new Map()
    this.notify()
  }

  private change(ranges: readonly Shard["range"][], parents: readonly Shard[], createdAt: number): void {
    const first = this.shards.length
    const opened = ranges.map((range, index) => new Shard(first + index, range, createdAt, overlapping(range, parents)))
    this.files?.note(opened, parents)
    for (const parent of parents) parent.closed = true
    this.shards.push(...opened)
  }

  /** Closes all open shards and opens `count` even ones. */
  scale(count: number, now: number): void {
    const open = this.shards.filter(({ closed }) => !closed)
    if (count !== open.length) this.reshard(open, evenly(count), now)
  }

  /** As scale, for a count that the template gives. */
  declare(count: number, now: number): void {
    this.scale(count, now)
    this.files?.declare(count)
  }

  /** What was put outlives this process when this returns. */
  flush(): void {
    if (this.files) for (const shard of this.open) shard.flush()
  }

  close(): void {
    this.files?.close()
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
