import { createHash } from "node:crypto"
import { eventRecord, type StreamRecord } from "./dynamodb-event.ts"
import type { LaneShard } from "./lane-shard.ts"
import type { PollerParts } from "./poller.ts"

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
const RETENTION_MS = 24 * 3_600_000

interface Held {
  sequence: string
  arrival: number
  keys: string
  /** The record in a function's event. */
  text: string
}

/** The records of one shard that were read and are not done yet. Positions count from where reading began. */
export class DynamodbShard implements LaneShard {
  readonly batchInfo = "DDBStreamBatchInfo"
  closed = false
  /** Sequence number of the last record that was let go of. */
  doneUntil: string | undefined
  /** Called when lanes are done with something. */
  done?: () => void
  private held: Held[] = []
  private first = 0

  constructor(
    private readonly parts: PollerParts,
    readonly id: string,
    readonly streamName: string,
  ) {}

  get start(): number {
    return this.first
  }

  get end(): number {
    return this.first + this.held.length
  }

  /** Adds what was read next. */
  add(records: readonly StreamRecord[]): void {
    for (const record of records) {
      const { SequenceNumber, ApproximateCreationDateTime, Keys } = record.dynamodb
      this.held.push({
        sequence: SequenceNumber,
        arrival: ApproximateCreationDateTime * 1000,
        keys: JSON.stringify(Keys),
        text: eventRecord(record, this.parts.mapping.sourceArn),
      })
    }
  }

  /** Lets go of everything before a position. */
  release(position: number): void {
    const count = position - this.first
    if (count <= 0) return
    this.doneUntil = this.held[count - 1]!.sequence
    this.held.splice(0, count)
    this.first = position
  }

  private at(position: number): Held | undefined {
    return this.held[position - this.first]
  }

  arrival(position: number): number {
    const arrival = this.at(position)?.arrival ?? 0
    return arrival < this.parts.cloud.now() - RETENTION_MS ? 0 : arrival
  }

  content(position: number): unknown {
    return JSON.parse(this.at(position)?.text ?? "null")
  }

  /** Records of one item stay in order, also with several lanes: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html */
  laneOf(position: number, lanes: number): number {
    const keys = this.at(position)?.keys ?? ""
    return createHash("md5").update(keys).digest().readUInt32BE(0) % lanes
  }

  eventBytes(position: number): number {
    return Buffer.byteLength(this.at(position)?.text ?? "") + 1
  }

  sequenceAt(position: number): string {
    return this.at(position)?.sequence ?? this.doneUntil ?? ""
  }

  positionOf(sequenceNumber: string): number | undefined {
    const index = this.held.findIndex(({ sequence }) => sequence === sequenceNumber)
    return index < 0 ? undefined : this.first + index
  }

  event(positions: readonly number[]): string {
    return `{"Records":[${positions.flatMap((position) => this.at(position)?.text ?? []).join(",")}]}`
  }

  /** The records were read before, as the function's role. */
  read(): Promise<{ status: number; json: any }> {
    return Promise.resolve({ status: 200, json: undefined })
  }
}
