import type { Place } from "../../service.ts"
import { Bucket } from "./bucket.ts"
import type { Index, Table } from "./tables.ts"
import { Throttled } from "./throttled.ts"

/**
 * One partition takes this much, on demand or provisioned, and one partition key value lies in one partition at worst:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 * The model: a token bucket per partition key value and index, one second deep. Adaptive capacity can give a key a partition of its own,
 * not more; burst capacity, up to 300 s of what was not used, is of what was provisioned and does not lift a partition over its limit either:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
 */
const PARTITION = { Read: 3_000, Write: 1_000 } as const
const PARTITION_SECONDS = 1
const BURST_SECONDS = 300

/** Full buckets are let go of when there are so many. */
const MANY_BUCKETS = 20_000
/** Keys that `state` names, the last ones throttled. */
const THROTTLED_KEYS = 50

/** What a call needs of a table or of a global index of it. */
export interface Demand {
  kind: "Read" | "Write"
  table: Table
  index?: Index
  /** Value of the partition key; undefined for what goes over many, such as a Scan. */
  partition?: string
  units: number
}

export interface Reservation {
  /** Puts the true cost in place of what was reserved. */
  settle(actual: readonly Demand[]): void
  cancel(): void
}

type Found = [bucket: Bucket, units: number, limit: "KeyRange" | "Provisioned", demand: Demand]

export class Throughput {
  private buckets = new Map<string, Bucket>()
  private lookAt = MANY_BUCKETS
  private readonly throttled = new Map<string, { resource: string; kind: string; key?: string; times: number; at: number }>()
  /** Write buckets of global indexes that were empty when last looked at, by table. */
  private readonly emptyIndexes = new Map<string, Set<Bucket>>()

  constructor(
    private readonly place: Place,
    private readonly now: () => number,
  ) {}

  /** Takes what the demands need, all of it or nothing. Throws Throttled at the first bucket that is empty. */
  reserve(demands: readonly Demand[]): Reservation {
    const now = this.now()
    const found = demands.flatMap((demand) => this.bucketsOf(demand, now))
    const empty = found.find(([bucket]) => bucket.isEmpty(now))
    if (empty) throw this.refuse(empty, now)
    this.take(found)
    const cancel = () => {
      for (const [bucket, units] of found) bucket.give(units)
    }
    return {
      cancel,
      settle: (actual) => {
        cancel()
        this.take(actual.flatMap((demand) => this.bucketsOf(demand, this.now())))
      },
    }
  }

  /** Whether writes of this table may have to wait for one of its global indexes. */
  hasEmptyIndex(table: Table): boolean {
    const empty = this.emptyIndexes.get(table.name)
    if (!empty) return false
    for (const bucket of empty) if (!bucket.isEmpty(this.now())) empty.delete(bucket)
    return empty.size > 0
  }

  /** Keys that were throttled last, newest first. */
  state(): unknown[] {
    return [...this.throttled.values()].toReversed()
  }

  private take(found: readonly Found[]): void {
    for (const [bucket, units, , { kind, table, index }] of found) {
      bucket.take(units)
      if (kind !== "Write" || !index || !bucket.isEmpty(this.now())) continue
      const empty = this.emptyIndexes.get(table.name) ?? new Set()
      this.emptyIndexes.set(table.name, empty.add(bucket))
    }
  }

  private bucketsOf(demand: Demand, now: number): Found[] {
    const { kind, table, index, partition, units } = demand
    const owner = `${kind}\n${table.name}\n${index?.name ?? ""}`
    const found: Found[] = []
    if (partition !== undefined) {
      const bucket = this.bucket(`${owner}\n${partition}`, PARTITION[kind], PARTITION_SECONDS, now)
      found.push([bucket, units, "KeyRange", demand])
    }
    const provisioned = (index ?? table).provisioned
    if (provisioned) {
      const rate = kind === "Read" ? provisioned.read : provisioned.write
      found.push([this.bucket(`${owner}=${rate}`, rate, BURST_SECONDS, now), units, "Provisioned", demand])
    }
    return found
  }

  private bucket(id: string, rate: number, seconds: number, now: number): Bucket {
    let bucket = this.buckets.get(id)
    if (!bucket) {
      if (this.buckets.size >= this.lookAt) {
        this.buckets = new Map([...this.buckets].filter(([, each]) => !each.isFull(now)))
        this.lookAt = Math.max(MANY_BUCKETS, this.buckets.size * 2)
      }
      this.buckets.set(id, (bucket = new Bucket(rate, rate * seconds, now)))
    }
    return bucket
  }

  private refuse([, , limit, { kind, table, index, partition }]: Found, now: number): Throttled {
    const refusal = new Throttled(this.place, table, index, kind, limit)
    const id = `${kind}\n${refusal.resource}\n${partition}`
    const before = this.throttled.get(id)
    this.throttled.delete(id)
    this.throttled.set(id, { resource: refusal.resource, kind, key: partition, times: (before?.times ?? 0) + 1, at: now })
    if (this.throttled.size > THROTTLED_KEYS) this.throttled.delete(this.throttled.keys().next().value!)
    return refusal
  }
}
