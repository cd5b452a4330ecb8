import { AwsError } from "../../service.ts"

/** A full segment holds this many records or bytes; retention drops whole segments. */
const RECORDS = 1_024
const BYTES = 1_048_576
const FIRST_BYTES = 16_384
/** In a file: a block's count and size; a record's key size, size and arrival. */
const BLOCK_BYTES = 8
const HEAD_BYTES = 14

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

  /** `data` is base64 text of `dataBytes` bytes, `key` of `keyBytes` bytes of UTF-8; without a key they are 0. Throws SerializationException where `data` is no base64. */
  add(key: string | undefined, data: string, dataBytes: number, keyBytes: number, arrival: number): void {
    this.grow(dataBytes + keyBytes)
    if (key !== undefined) this.bytes.write(key, this.used, keyBytes, "utf8")
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

  /** Undefined where the producer gave none: a key has at least one byte. */
  key(index: number): string | undefined {
    if (this.keyBytes[index] === 0) return undefined
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

  /** Records from `from` on as one block of a file: count and size, a head for each record, then the bytes as they lie here. */
  block(from: number): Buffer[] {
    const count = this.count - from
    const head = Buffer.allocUnsafe(BLOCK_BYTES + count * HEAD_BYTES)
    const [start, end] = [this.starts[from]!, this.used]
    head.writeUInt32LE(count, 0)
    head.writeUInt32LE(end - start, 4)
    for (let index = from, at = BLOCK_BYTES; index < this.count; index++, at += HEAD_BYTES) {
      head.writeUInt16LE(this.keyBytes[index]!, at)
      head.writeUInt32LE(this.starts[index + 1]! - this.starts[index]!, at + 2)
      head.writeDoubleLE(this.arrivals[index]!, at + 6)
    }
    return [head, this.bytes.subarray(start, end)]
  }

  /** Takes up the blocks of a file; answers how many bytes of it were whole. A block that was cut short is left out. */
  restore(file: Buffer): number {
    let at = 0
    while (at + BLOCK_BYTES <= file.length) {
      const count = file.readUInt32LE(at)
      const bytes = file.readUInt32LE(at + 4)
      const data = at + BLOCK_BYTES + count * HEAD_BYTES
      if (count === 0 || this.count + count > RECORDS || data + bytes > file.length) break
      this.grow(bytes)
      file.copy(this.bytes, this.used, data, data + bytes)
      for (let head = at + BLOCK_BYTES; head < data; head += HEAD_BYTES) {
        const index = this.count++
        this.keyBytes[index] = file.readUInt16LE(head)
        this.used += file.readUInt32LE(head + 2)
        this.starts[index + 1] = this.used
        this.arrivals[index] = file.readDoubleLE(head + 6)
      }
      at = data + bytes
    }
    return at
  }

  get lastArrival(): number {
    return this.arrivals[this.count - 1] ?? 0
  }
}
