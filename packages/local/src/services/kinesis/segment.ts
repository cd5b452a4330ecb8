import { AwsError } from "../../service.ts"

/** A full segment holds this many records or bytes; retention drops whole segments. */
const RECORDS = 1_024
const BYTES = 1_048_576
const FIRST_BYTES = 16_384

/** Records of a shard in one buffer and a few numbers each: no object per record, so a day of events stays cheap to hold. */
export class Segment {
  count = 0
  private bytes: Buffer
  private used = 0
  private readonly starts = new Uint32Array(RECORDS + 1)
  private readonly keyBytes = new Uint16Array(RECORDS)
  private readonly arrivals = new Float64Array(RECORDS)

  constructor(
    /** Position in the shard of this segment's first record. */
    readonly first: number,
    need: number,
  ) {
    this.bytes = Buffer.allocUnsafe(Math.max(FIRST_BYTES, need))
  }

  hasRoom(need: number): boolean {
    return this.count < RECORDS && (this.count === 0 || this.used + need <= BYTES)
  }

  /** `data` is base64 text of `dataBytes` bytes, `key` of `keyBytes` bytes of UTF-8. Throws SerializationException where `data` is no base64. */
  add(key: string, data: string, dataBytes: number, keyBytes: number, arrival: number): void {
    this.grow(dataBytes + keyBytes)
    this.bytes.write(key, this.used, keyBytes, "utf8")
    if (this.bytes.write(data, this.used + keyBytes, dataBytes, "base64") !== dataBytes)
      throw new AwsError("SerializationException", "Data must be base64.")
    const index = this.count++
    this.keyBytes[index] = keyBytes
    this.arrivals[index] = arrival
    this.used += keyBytes + dataBytes
    this.starts[index + 1] = this.used
  }

  private grow(need: number): void {
    if (this.used + need <= this.bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.used + need, Math.min(BYTES, this.bytes.length * 2)))
    this.bytes.copy(grown, 0, 0, this.used)
    this.bytes = grown
  }

  private dataStart(index: number): number {
    return this.starts[index]! + this.keyBytes[index]!
  }

  key(index: number): string {
    return this.bytes.toString("utf8", this.starts[index], this.dataStart(index))
  }

  /** The record's bytes as base64 text. */
  data(index: number): string {
    return this.bytes.toString("base64", this.dataStart(index), this.starts[index + 1])
  }

  keySize(index: number): number {
    return this.keyBytes[index]!
  }

  dataBytes(index: number): number {
    return this.starts[index + 1]! - this.dataStart(index)
  }

  /** Epoch milliseconds. */
  arrival(index: number): number {
    return this.arrivals[index]!
  }

  get lastArrival(): number {
    return this.arrivals[this.count - 1] ?? 0
  }
}
