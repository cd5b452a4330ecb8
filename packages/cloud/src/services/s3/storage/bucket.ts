import type { CorsRule } from "../cors.ts"
import type { LifecycleRule } from "../lifecycle/rules.ts"
import type { Notifications } from "../notifications/configuration.ts"
import type { Part, Upload, Version, Versioning } from "./records.ts"
import { SortedKeys } from "./sorted-keys.ts"

/** What the templates say about a bucket; it is applied at every start. */
export interface Settings {
  cors: readonly CorsRule[]
  lifecycle: readonly LifecycleRule[]
  notifications: Notifications
  /** Whether a bucket policy may let in callers without a signature. */
  mayBePublic: boolean
}

const NOTHING: Settings = {
  cors: [],
  lifecycle: [],
  notifications: { filters: [], eventBridge: false },
  mayBePublic: false,
}

/** The index of one bucket: keys in order, versions of each, uploads in progress. */
export class Bucket {
  versioning: Versioning | undefined
  settings: Settings = NOTHING
  /** The notification configuration its destinations were told of. */
  notificationHash = ""
  readonly keys = new SortedKeys()
  readonly uploads = new Map<string, Upload>()
  /** Objects that a listing shows, all versions and markers, and the bytes of all versions. */
  objects = 0
  count = 0
  bytes = 0
  private readonly versions = new Map<string, Version[]>()

  constructor(
    readonly name: string,
    readonly createdAt: number,
  ) {}

  get arn(): string {
    return `arn:aws:s3:::${this.name}`
  }

  /** All versions and delete markers of a key, newest first. */
  of(key: string): readonly Version[] {
    return this.versions.get(key) ?? []
  }

  /** The newest version of a key, which may be a delete marker. */
  newest(key: string): Version | undefined {
    return this.versions.get(key)?.[0]
  }

  /** The object that a GET without version id finds. */
  current(key: string): Version | undefined {
    const newest = this.newest(key)
    return newest?.isMarker ? undefined : newest
  }

  version(key: string, id: string): Version | undefined {
    return this.versions.get(key)?.find((version) => version.id === id)
  }

  /** Adds a version in its place and answers the one it replaced. */
  put(version: Version): Version | undefined {
    if (!this.versions.has(version.key)) {
      this.versions.set(version.key, [version])
      this.keys.add(version.key)
      this.bytes += version.size
      this.count++
      if (!version.isMarker) this.objects++
      return undefined
    }
    const before = this.current(version.key) !== undefined
    const replaced = this.version(version.key, version.id)
    const others = this.of(version.key).filter(({ id }) => id !== version.id)
    const place = others.findIndex(({ seq }) => seq < version.seq)
    this.versions.set(version.key, place < 0 ? [...others, version] : others.toSpliced(place, 0, version))
    if (!replaced) this.count++
    this.bytes += version.size - (replaced?.size ?? 0)
    this.objects += Number(this.current(version.key) !== undefined) - Number(before)
    return replaced
  }

  remove(key: string, id: string): Version | undefined {
    const removed = this.version(key, id)
    if (!removed) return undefined
    const before = this.current(key) !== undefined
    const others = this.of(key).filter((version) => version !== removed)
    if (others.length > 0) this.versions.set(key, others)
    else {
      this.versions.delete(key)
      this.keys.delete(key)
    }
    this.count--
    this.bytes -= removed.size
    this.objects += Number(this.current(key) !== undefined) - Number(before)
    return removed
  }

  /** Adds a part to an upload and answers the one it replaced. */
  putPart(uploadId: string, part: Part): Part | undefined {
    const upload = this.uploads.get(uploadId)!
    const replaced = upload.parts.get(part.number)
    upload.parts.set(part.number, part)
    return replaced
  }
}
