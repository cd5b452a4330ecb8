import { randomBytes } from "node:crypto"
import type { Change } from "../notifications/event.ts"
import type { Bucket } from "../storage/bucket.ts"
import type { Entry, Version } from "../storage/records.ts"
import type { Store } from "../storage/store.ts"

/** ETag of nothing, which delete markers have. */
const EMPTY_MD5 = "d41d8cd98f00b204e9800998ecf8427e"

/** As long as S3's own. */
export const newVersionId = (): string => randomBytes(24).toString("base64url")

/** A removal as the store and the destinations of its events take it. `change.version` is what a client is told of. */
export interface Removal {
  entries: Entry[]
  change: Change
}

/**
 * A deletion that names no version: the object goes where the bucket keeps no versions, else a delete marker covers it.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html
 */
export function deletion(store: Store, bucket: Bucket, key: string, now: number): Removal {
  const seq = store.nextSeq(now)
  const bare = { key, id: "null", at: now, seq, etag: EMPTY_MD5, size: 0, pieces: [], headers: {}, storageClass: "STANDARD" }
  if (!bucket.versioning) {
    const version = bucket.version(key, "null") ?? bare
    return { entries: [{ do: "remove", bucket: bucket.name, key, id: "null", seq }], change: removed(version, now, seq) }
  }
  const marker: Version = { ...bare, isMarker: true, id: bucket.versioning === "Enabled" ? newVersionId() : "null" }
  const change = { event: "s3:ObjectRemoved:DeleteMarkerCreated", reason: "DeleteObject", version: marker, at: now, seq }
  return { entries: [{ do: "put", bucket: bucket.name, version: marker }], change }
}

/** A deletion of one version, for good. Undefined when there is none. */
export function versionDeletion(store: Store, bucket: Bucket, key: string, id: string, now: number): Removal | undefined {
  const version = bucket.version(key, id)
  if (!version) return undefined
  const seq = store.nextSeq(now)
  return { entries: [{ do: "remove", bucket: bucket.name, key, id, seq }], change: removed(version, now, seq) }
}

const removed = (version: Version, at: number, seq: number): Change => ({
  event: "s3:ObjectRemoved:Delete",
  reason: "DeleteObject",
  // The event says that a version went, whatever it was.
  version: { ...version, isMarker: undefined },
  at,
  seq,
})
