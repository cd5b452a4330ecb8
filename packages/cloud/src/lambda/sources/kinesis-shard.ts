import { hashKey } from "../../services/kinesis/hash.ts"
import type { Shard } from "../../services/kinesis/shard.ts"
import type { Stream } from "../../services/kinesis/stream.ts"
import { contentOf } from "./filter.ts"
import { eventBytes, kinesisEvent } from "./kinesis-event.ts"
import type { LaneShard } from "./lane-shard.ts"
import { callAs, type PollerParts } from "./poller.ts"

/** A shard of Kinesis as lanes read it: straight from its segments. */
export class KinesisShard implements LaneShard {
  readonly batchInfo = "KinesisBatchInfo"
  /** Called when a lane is done with a batch. */
  done?: () => void

  constructor(
    private readonly parts: PollerParts & { streams: { door: string } },
    private readonly stream: Stream,
    private readonly shard: Shard,
  ) {}

  get id(): string {
    return this.shard.id
  }

  get streamName(): string {
    return this.stream.name
  }

  get closed(): boolean {
    return this.shard.closed
  }

  get start(): number {
    return this.shard.start
  }

  get end(): number {
    return this.shard.end
  }

  arrival(position: number): number {
    const place = this.shard.place(position)
    const arrival = place ? place.segment.arrival(place.index) : 0
    return arrival < this.stream.oldest(this.parts.cloud.now()) ? 0 : arrival
  }

  laneOf(position: number, lanes: number): number {
    const place = this.shard.place(position)
    if (!place) return 0
    const key = place.segment.key(place.index)
    // Nothing has to stay together without a key.
    return key === undefined ? position % lanes : Number(hashKey(key) % BigInt(lanes))
  }

  content(position: number): unknown {
    const place = this.shard.place(position)
    return place && { data: contentOf(Buffer.from(place.segment.data(place.index), "base64").toString("utf8")) }
  }

  eventBytes(position: number): number {
    const place = this.shard.place(position)
    return place ? eventBytes(place, this.parts) : 0
  }

  sequenceAt(position: number): string {
    return this.shard.sequence.at(position)
  }

  positionOf(sequenceNumber: string): number | undefined {
    return this.shard.sequence.positionOf(sequenceNumber)
  }

  event(positions: readonly number[]): string {
    const { mapping, target, cloud } = this.parts
    return kinesisEvent(this.shard, positions, mapping, target, cloud)
  }

  /** One logged GetRecords per batch; the records themselves are read in process. */
  read(positions: readonly number[]): Promise<{ status: number; json: any }> {
    let bytes = 0
    for (const position of positions) {
      const place = this.shard.place(position)
      bytes += place ? place.segment.dataBytes(place.index) : 0
    }
    // How old the last record of a batch is when it is handed over: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    const AgeMs = Math.max(0, this.parts.cloud.now() - this.arrival(positions.at(-1)!))
    const body = { StreamARN: this.parts.mapping.sourceArn, Records: positions.length, Bytes: bytes, AgeMs }
    return callAs(this.parts, "kinesis", "Kinesis_20131202.GetRecords", body, { "x-backline-door": this.parts.streams.door })
  }
}
