import type { Change } from "../notifications/event.ts"
import type { Bucket } from "../storage/bucket.ts"
import type { Description, Entry, Piece, Version } from "../storage/records.ts"
import { expiryOf } from "../lifecycle/rules.ts"
import { checkWrite } from "../wire/conditions.ts"
import { bucketOf, type Call } from "./operation.ts"
import { newVersionId } from "./removal.ts"

/** A new object, ready to be shown. */
export interface NewObject extends Pick<Version, "etag" | "size" | "pieces" | "checksum" | "parts"> {
  key: string
  description: Description
  /** The object under the key when the request came; for conditions. */
  before: Version | undefined
  event: string
  reason: string
  /** Changes that go together with it, such as the end of its upload. */
  also?: Entry[]
}

/**
 * Makes an object the newest version of its key, at once and for good. Conditions are looked at here, where nothing can come in between: of several
 * writers that all want to be first, one is. Throws 412, 409, or NoSuchBucket when the bucket went meanwhile.
 */
export function showObject(call: Call, { key, description, before, event, reason, also = [], ...content }: NewObject): Version {
  const bucket = bucketOf(call)
  checkWrite(call.headers, key, before, bucket.current(key))
  const at = call.cloud.now()
  const seq = call.store.nextSeq(at)
  const id = bucket.versioning === "Enabled" ? newVersionId() : "null"
  const version: Version = { key, id, at, seq, ...content, ...description }
  const change: Change = { event, reason, version, at, seq, request: call.request }
  call.notifier.commit(bucket, [{ do: "put", bucket: bucket.name, version }, ...also], [change])
  return version
}

/** Stores bytes, lets `use` name them in the index, and lets go of them: what `use` did not name is removed. */
export async function storing<T>(call: Call, bytes: Buffer, use: (pieces: Piece[]) => T): Promise<T> {
  const pieces = await call.store.blobs.write(bytes)
  try {
    return use(pieces)
  } finally {
    for (const { blob } of pieces) call.store.blobs.release(blob)
  }
}

/** `x-amz-expiration`: when a lifecycle rule removes the object. */
export function expirationHeader(bucket: Bucket, version: Version): Record<string, string> {
  const expiry = bucket.current(version.key) === version ? expiryOf(bucket.settings.lifecycle, version) : undefined
  if (!expiry) return {}
  return { "x-amz-expiration": `expiry-date="${new Date(expiry.at).toUTCString()}", rule-id="${encodeURIComponent(expiry.id)}"` }
}
