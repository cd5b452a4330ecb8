import type { StoredRecord } from "./stored-record.ts"
import { createHash } from "node:crypto"
import { itemBytes } from "../item-size.ts"
import type { Item, KeyPart } from "../key.ts"
import { keyAttributes } from "../key.ts"
import { Shard } from "./shard.ts"

export const VIEW_TYPES = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"] as const
export type ViewType = (typeof VIEW_TYPES)[number]

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
const RETENTION_MS = 24 * 3_600_000
/** AWS replaces shards on its own schedule, about every four hours; readers that do not go on to the child lose what follows. */
const SHARD_LIFE_MS = 4 * 3_600_000

/** What happened to one item. */
export interface Change {
  key: Item
  old?: Item
  new?: Item
  /** Deleted by the sweeper for its time to live. */
  isExpiry?: boolean
}

export interface StreamInfo {
  table: string
  arn: string
  label: string
  viewType: ViewType
  keys: KeyPart[]
  createdAt: number
  region: string
}

/** The stream of one table: a chain of shards, one of them open. */
export class TableStream {
  readonly shards: Shard[] = []
  enabled = true
  /** Position that the next record gets; it counts over all shards and never goes back. */
  next = 0
  private readonly waiting = new Set<() => void>()

  constructor(
    readonly info: StreamInfo,
    first: { index: number; createdAt: number; start: number } = { index: 0, createdAt: info.createdAt, start: 0 },
  ) {
    this.shards.push(new Shard(first.index, first.createdAt, first.start))
    this.next = first.start
  }

  get open(): Shard {
    return this.shards.at(-1)!
  }

  /** Appends what changed; returns what to write down of it. */
  append(change: Change, now: number): StoredRecord {
    let born: number | undefined
    if (now - this.open.createdAt >= SHARD_LIFE_MS) {
      this.roll(now)
      born = now
    }
    const at = this.next
    const stored = { shard: this.open.index, born, at, arrival: now, json: this.record(change, at, now) }
    this.restore(stored)
    return stored
  }

  /** Takes a record as it was written down. */
  restore(stored: StoredRecord): void {
    if (stored.shard > this.open.index) this.roll(stored.born ?? stored.arrival, stored.shard)
    this.open.add(stored)
    this.next = stored.at + 1
    this.wake()
  }

  /** Closes the stream for writing: its records stay until they have expired. */
  disable(): void {
    this.enabled = false
    this.open.closed = true
    this.wake()
  }

  /** Lets go of records older than 24 hours and of closed shards without any. */
  trim(now: number): void {
    const oldest = now - RETENTION_MS
    for (const shard of this.shards) shard.trim(oldest)
    while (this.shards.length > 1 && this.shards[0]!.isEmpty) this.shards.shift()
  }

  /** Resolves when something was written, the stream closed, or `ms` are over. */
  changed(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(timer)
        this.waiting.delete(settle)
        resolve()
      }
      const timer = setTimeout(settle, ms).unref()
      this.waiting.add(settle)
    })
  }

  wake(): void {
    for (const settle of this.waiting) settle()
  }

  private roll(now: number, index = this.open.index + 1): void {
    const parent = this.open
    parent.closed = true
    this.shards.push(new Shard(index, now, this.next, parent.id))
  }

  private record({ key, old, new: now, isExpiry }: Change, at: number, arrival: number): string {
    const { viewType, keys, arn, region } = this.info
    const Keys = keyAttributes(keys, key)
    const NewImage = viewType.startsWith("NEW_") ? now : undefined
    const OldImage = viewType.includes("OLD_") ? old : undefined
    return JSON.stringify({
      eventID: createHash("md5").update(`${arn} ${at}`).digest("hex"),
      eventName: old === undefined ? "INSERT" : now === undefined ? "REMOVE" : "MODIFY",
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: region,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(arrival / 1000),
        Keys,
        NewImage,
        OldImage,
        SequenceNumber: sequenceAt(at),
        SizeBytes: itemBytes(Keys) + itemBytes(NewImage) + itemBytes(OldImage),
        StreamViewType: viewType,
      },
      // Capital letters in the API, small ones in the event of a function: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
      userIdentity: isExpiry ? { Type: "Service", PrincipalId: "dynamodb.amazonaws.com" } : undefined,
    })
  }
}

const PREFIX = "1000000"
const DIGITS = 14
const SUFFIX = "00000"

/** Sequence numbers have 21 to 40 digits; ours have 26, so they sort as text too. */
export const sequenceAt = (position: number): string => PREFIX + String(position).padStart(DIGITS, "0") + SUFFIX

export function positionOf(sequenceNumber: unknown): number | undefined {
  const [, digits] = /^1000000(\d{14})00000$/.exec(String(sequenceNumber)) ?? []
  return digits === undefined ? undefined : Number(digits)
}
