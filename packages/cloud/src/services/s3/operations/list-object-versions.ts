import type { Bucket } from "../storage/bucket.ts"
import type { Version } from "../storage/records.ts"
import { walk } from "../storage/walk.ts"
import { invalidArgument } from "../wire/error.ts"
import { keyWriter, limitOf } from "../wire/paging.ts"
import { xml } from "../wire/xml.ts"
import { listAccess } from "./list-objects.ts"
import { bucketOf, type Call, iso, type Operation, quoted, xmlResponse } from "./operation.ts"

interface Page {
  versions: { version: Version; isLatest: boolean }[]
  folded: string[]
  /** The last thing on the page, when more follows. */
  last?: { key: string; id?: string }
}

/** Versions newest first under keys in order. A marker without version id stands behind all versions of its key. */
function pageOf(bucket: Bucket, { query }: Call, limit: number): Page {
  const prefix = query.get("prefix") ?? ""
  const delimiter = query.get("delimiter") ?? ""
  const keyMarker = query.get("key-marker") || undefined
  const idMarker = query.get("version-id-marker") || undefined
  if (idMarker !== undefined && keyMarker === undefined)
    throw invalidArgument("version-id-marker", idMarker, "A version-id marker cannot be specified without a key marker.")
  const page: Page = { versions: [], folded: [] }
  let last: Page["last"]
  const isFull = () => page.versions.length + page.folded.length === limit
  if (limit === 0) return page
  for (const found of walk(bucket.keys, { prefix, delimiter, after: keyMarker, isInclusive: idMarker !== undefined })) {
    if ("folded" in found) {
      if (isFull()) return { ...page, last }
      page.folded.push(found.folded)
      last = { key: found.folded }
      continue
    }
    const all = bucket.of(found.key)
    const seen = found.key === keyMarker ? all.findIndex(({ id }) => id === idMarker) + 1 : 0
    for (const version of all.slice(seen)) {
      if (isFull()) return { ...page, last }
      page.versions.push({ version, isLatest: version === all[0] })
      last = { key: version.key, id: version.id }
    }
  }
  return page
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
export const ListObjectVersions: Operation = {
  tier: "put",
  access: (call) => listAccess(call, "s3:ListBucketVersions"),
  run(call) {
    const bucket = bucketOf(call)
    const { query } = call
    const limit = limitOf(query, "max-keys")
    const write = keyWriter(query)
    const page = pageOf(bucket, call, limit)
    const delimiter = query.get("delimiter")
    const common = ({ version, isLatest }: Page["versions"][number]) => ({
      Key: write(version.key),
      VersionId: version.id,
      IsLatest: isLatest,
      LastModified: iso(version.at),
      Owner: { ID: call.cloud.account },
    })
    return xmlResponse(
      xml("ListVersionsResult", {
        Name: bucket.name,
        Prefix: write(query.get("prefix") ?? ""),
        KeyMarker: write(query.get("key-marker") ?? ""),
        VersionIdMarker: query.get("version-id-marker") ?? "",
        NextKeyMarker: page.last && write(page.last.key),
        NextVersionIdMarker: page.last?.id,
        MaxKeys: limit,
        Delimiter: delimiter ? write(delimiter) : undefined,
        EncodingType: query.get("encoding-type") ?? undefined,
        IsTruncated: page.last !== undefined,
        Version: page.versions
          .filter(({ version }) => !version.isMarker)
          .map((one) => ({
            ...common(one),
            ETag: quoted(one.version.etag),
            ChecksumAlgorithm: one.version.checksum?.algorithm,
            ChecksumType: one.version.checksum?.type,
            Size: one.version.size,
            StorageClass: one.version.storageClass,
          })),
        DeleteMarker: page.versions.filter(({ version }) => version.isMarker).map(common),
        CommonPrefixes: page.folded.map((folded) => ({ Prefix: write(folded) })),
      }),
    )
  },
}
