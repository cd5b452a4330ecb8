import type { Cloud } from "../../../service.ts"
import type { Change } from "../notifications/event.ts"
import type { Notifier } from "../notifications/notifier.ts"
import { deletion } from "../operations/removal.ts"
import type { Bucket } from "../storage/bucket.ts"
import type { Entry, Version } from "../storage/records.ts"
import type { Store } from "../storage/store.ts"
import { concerns, dueAfter, expiryOf } from "./rules.ts"

/** Every rule falls due at a midnight or a given date, so once an hour is exact enough. */
const EVERY_MS = 3_600_000

interface Parts {
  store: Store
  notifier: Notifier
  cloud: Cloud
}

interface Work {
  entries: Entry[]
  changes: Change[]
}

/** Sweeps once an hour of the cloud's clock, so also whenever it is moved past one. Returns how to stop. */
export function keepSweeping(parts: Parts): () => void {
  let cancel = () => {}
  const next = () => {
    cancel = parts.cloud.clock.alarm((Math.floor(parts.cloud.now() / EVERY_MS) + 1) * EVERY_MS, () => {
      sweep(parts)
      next()
    })
  }
  next()
  return () => cancel()
}

/** Does what the lifecycle rules of all buckets say is due. */
function sweep({ store, notifier, cloud }: Parts): void {
  for (const bucket of store.buckets.values()) {
    if (bucket.settings.lifecycle.length === 0) continue
    const work: Work = { entries: [], changes: [] }
    for (const key of bucket.keys.from(() => false)) sweepKey(bucket, key, work, store, cloud.now())
    for (const upload of bucket.uploads.values()) {
      const isDue = bucket.settings.lifecycle.some(
        ({ prefix, abortDays }) =>
          abortDays !== undefined && upload.key.startsWith(prefix) && dueAfter(upload.at, abortDays) <= cloud.now(),
      )
      if (isDue) work.entries.push({ do: "end", bucket: bucket.name, upload: upload.id })
    }
    if (work.entries.length > 0) notifier.commit(bucket, work.entries, work.changes)
  }
}

function sweepKey(bucket: Bucket, key: string, work: Work, store: Store, now: number): void {
  const { lifecycle } = bucket.settings
  const [newest, ...older] = bucket.of(key)
  if (!newest) return
  const remove = (version: Version) => {
    const seq = store.nextSeq(now)
    work.entries.push({ do: "remove", bucket: bucket.name, key, id: version.id, seq })
    work.changes.push({
      event: "s3:LifecycleExpiration:Delete",
      reason: "Lifecycle Expiration",
      version: { ...version, isMarker: undefined },
      at: now,
      seq,
    })
  }

  const expired = older.filter((version, index) =>
    isNoncurrentDue(bucket, version, older.slice(0, index), older[index - 1] ?? newest, now),
  )
  for (const version of expired) remove(version)

  if (newest.isMarker) {
    const hidesNothing = expired.length === older.length
    if (hidesNothing && lifecycle.some(({ prefix, expireMarkers }) => expireMarkers && key.startsWith(prefix))) remove(newest)
    return
  }
  const expiry = expiryOf(lifecycle, newest)
  if (expiry && expiry.at <= now) {
    const { entries, change } = deletion(store, bucket, key, now)
    work.entries.push(...entries)
    work.changes.push({
      ...change,
      event: change.version.isMarker ? "s3:LifecycleExpiration:DeleteMarkerCreated" : "s3:LifecycleExpiration:Delete",
      reason: "Lifecycle Expiration",
    })
    return
  }
  const moved = transitionOf(bucket, newest, now)
  if (moved === undefined || moved === newest.storageClass) return
  const version = { ...newest, storageClass: moved }
  work.entries.push({ do: "put", bucket: bucket.name, version })
  work.changes.push({ event: "s3:LifecycleTransition", reason: "", version, at: now, seq: newest.seq })
}

/** A version became noncurrent when its successor was written; `newer` of the noncurrent ones are kept whatever their age. */
function isNoncurrentDue(bucket: Bucket, version: Version, newer: readonly Version[], successor: Version, now: number): boolean {
  return bucket.settings.lifecycle.some(
    (rule) =>
      rule.noncurrent !== undefined &&
      concerns(rule, version) &&
      newer.length >= rule.noncurrent.keep &&
      dueAfter(successor.at, rule.noncurrent.days) <= now,
  )
}

/** The storage class that is due last. */
function transitionOf(bucket: Bucket, version: Version, now: number): string | undefined {
  return bucket.settings.lifecycle
    .filter((rule) => concerns(rule, version))
    .flatMap(({ transitions }) => transitions)
    .map(({ storageClass, days, at }) => ({ storageClass, at: at ?? dueAfter(version.at, days ?? 0) }))
    .filter(({ at }) => at <= now)
    .toSorted((a, b) => a.at - b.at)
    .at(-1)?.storageClass
}
