import { checkWrite } from "../wire/conditions.ts"
import { bucketOf, type Call, contextOf, objectArn, type Operation, versionedAction } from "./operation.ts"
import { deletion, versionDeletion } from "./removal.ts"

/** What a deletion left, as its client is told. */
export interface Deleted {
  /** The version that was removed, or the marker that was made. */
  versionId?: string
  isMarker?: boolean
}

/** Removes an object or one version of it; what does not exist is as good as removed. */
export function removeObject(call: Call, key: string, id: string | null): Deleted {
  const bucket = bucketOf(call)
  const now = call.cloud.now()
  if (id === null) {
    if (!bucket.versioning && !bucket.newest(key)) return {}
    const { entries, change } = deletion(call.store, bucket, key, now)
    call.notifier.commit(bucket, entries, [{ ...change, request: call.request }])
    return bucket.versioning ? { versionId: change.version.id, isMarker: true } : {}
  }
  const isMarker = bucket.version(key, id)?.isMarker
  const removal = versionDeletion(call.store, bucket, key, id, now)
  if (removal) call.notifier.commit(bucket, removal.entries, [{ ...removal.change, request: call.request }])
  return { versionId: id, ...(isMarker && { isMarker }) }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export const DeleteObject: Operation = {
  tier: "free",
  access: (call) => [
    {
      action: versionedAction(call, "s3:DeleteObject", "s3:DeleteObjectVersion"),
      resource: objectArn(call),
      context: contextOf(call),
    },
  ],
  run(call) {
    const { key } = call.target
    const current = bucketOf(call).current(key)
    checkWrite(call.headers, key, current, current)
    const { versionId, isMarker } = removeObject(call, key, call.query.get("versionId"))
    return {
      status: 204,
      headers: {
        ...(versionId !== undefined && { "x-amz-version-id": versionId }),
        ...(isMarker && { "x-amz-delete-marker": "true" }),
      },
    }
  },
}
