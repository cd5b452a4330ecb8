import { join } from "node:path"
import { Journal } from "../../../journal.ts"
import { Blobs } from "./blobs.ts"
import { Bucket } from "./bucket.ts"
import type { Delivery, Entry, Piece, Upload } from "./records.ts"

/** The journal is rewritten when it is this much and several times what it says. */
const COMPACT = { bytes: 16 * 1_048_576, times: 4 }

/**
 * All buckets: the index in memory, the bytes in blobs. Bytes are stored first, then the change is written to the journal, then it shows; so what was
 * acknowledged is there after the process was killed, and a killed write leaves no trace.
 */
export class Store {
  readonly buckets = new Map<string, Bucket>()
  /** Notifications that no destination has taken yet. */
  readonly pending = new Map<string, Delivery>()
  readonly blobs: Blobs
  private readonly journal: Journal<Entry[]> | undefined
  private compactedSize = 0
  private lastSeq = 0

  /** Opens what `folder` holds; without one, an empty store that ends with the process. */
  constructor(folder?: string) {
    this.blobs = new Blobs(folder && join(folder, "blobs"))
    if (folder) {
      let read = 0
      this.journal = new Journal<Entry[]>(join(folder, "index.jsonl"), (entries) => {
        for (const entry of entries) this.apply(entry)
        read += entries.length
      })
      this.compactedSize = this.journal.size
      if (read > COMPACT.times * this.entries()) this.rewrite()
    }
    this.blobs.sweep()
  }

  /** A position after all others; time is in it, so that it also grows over a restart. */
  nextSeq(now: number): number {
    return (this.lastSeq = Math.max(this.lastSeq + 1, now * 1_000))
  }

  /** Makes changes, all or none; they outlive this process when it returns. */
  commit(...entries: Entry[]): void {
    this.journal?.append(entries)
    for (const entry of entries) this.apply(entry)
    if (this.journal && this.journal.size > Math.max(COMPACT.bytes, COMPACT.times * this.compactedSize)) this.rewrite()
  }

  async close(): Promise<void> {
    this.journal?.close()
    await this.blobs.close()
  }

  private apply(entry: Entry): void {
    switch (entry.do) {
      case "bucket":
        this.buckets.set(entry.name, new Bucket(entry.name, entry.at))
        break
      case "drop":
        for (const upload of this.buckets.get(entry.name)?.uploads.values() ?? []) this.releaseParts(upload)
        this.buckets.delete(entry.name)
        break
      case "versioning":
        this.bucket(entry.bucket).versioning = entry.status
        break
      case "notification":
        this.bucket(entry.bucket).notificationHash = entry.hash
        break
      case "put":
        this.lastSeq = Math.max(this.lastSeq, entry.version.seq)
        this.hold(entry.version.pieces)
        this.release(this.bucket(entry.bucket).put(entry.version)?.pieces)
        break
      case "remove":
        this.lastSeq = Math.max(this.lastSeq, entry.seq)
        this.release(this.bucket(entry.bucket).remove(entry.key, entry.id)?.pieces)
        break
      case "upload":
        this.bucket(entry.bucket).uploads.set(entry.upload.id, { ...entry.upload, parts: new Map() })
        break
      case "part":
        this.hold(entry.part.pieces)
        this.release(this.bucket(entry.bucket).putPart(entry.upload, entry.part)?.pieces)
        break
      case "end":
        this.releaseParts(this.bucket(entry.bucket).uploads.get(entry.upload))
        this.bucket(entry.bucket).uploads.delete(entry.upload)
        break
      case "send":
        this.pending.set(entry.delivery.id, entry.delivery)
        break
      case "sent":
        this.pending.delete(entry.id)
        break
      default:
        throw new Error(`The journal of S3 has an entry that this version does not know: ${(entry as { do: string }).do}.`)
    }
  }

  private bucket(name: string): Bucket {
    return this.buckets.get(name)!
  }

  private hold(pieces: readonly Piece[]): void {
    for (const { blob } of pieces) this.blobs.hold(blob)
  }

  private release(pieces: readonly Piece[] = []): void {
    for (const { blob } of pieces) this.blobs.release(blob)
  }

  private releaseParts(upload: Upload | undefined): void {
    for (const part of upload?.parts.values() ?? []) this.release(part.pieces)
  }

  /** About how many entries say all that the store holds. */
  private entries(): number {
    return [...this.buckets.values()].reduce((sum, { count, uploads }) => sum + count + uploads.size + 2, this.pending.size)
  }

  private rewrite(): void {
    this.journal!.rewrite(this.contents())
    this.compactedSize = this.journal!.size
  }

  /** Entries that say all that the store holds. */
  private *contents(): Generator<Entry[]> {
    for (const bucket of this.buckets.values()) {
      const { name } = bucket
      yield [{ do: "bucket", name, at: bucket.createdAt }]
      if (bucket.versioning) yield [{ do: "versioning", bucket: name, status: bucket.versioning }]
      if (bucket.notificationHash) yield [{ do: "notification", bucket: name, hash: bucket.notificationHash }]
      for (const key of bucket.keys.from(() => false))
        yield bucket.of(key).map((version): Entry => ({ do: "put", bucket: name, version }))
      for (const { parts, ...upload } of bucket.uploads.values())
        yield [
          { do: "upload", bucket: name, upload },
          ...[...parts.values()].map((part): Entry => ({ do: "part", bucket: name, upload: upload.id, part })),
        ]
    }
    for (const delivery of this.pending.values()) yield [{ do: "send", delivery }]
  }
}
