import type { Access } from "../../../service.ts"
import { type Found, walk } from "../storage/walk.ts"
import type { Bucket } from "../storage/bucket.ts"
import { keyWriter, limitOf } from "../wire/paging.ts"
import { xml } from "../wire/xml.ts"
import { bucketArn, bucketOf, type Call, iso, type Operation, quoted, xmlResponse } from "./operation.ts"

/** What a listing of a bucket needs, with the condition keys that confine it. */
export function listAccess(call: Call, action: string): Access[] {
  const given = ["prefix", "delimiter", "max-keys"].filter((name) => call.query.has(name))
  const context = Object.fromEntries(given.map((name) => [`s3:${name}`, call.query.get(name)!]))
  return [{ action, resource: bucketArn(call), context }]
}

export interface Page {
  found: Found[]
  /** The last thing on the page, when more follows. */
  last?: string
}

const nameOf = (found: Found): string => ("key" in found ? found.key : found.folded)

/** One page of the objects of a bucket. */
export function pageOf(bucket: Bucket, { query }: Call, limit: number, after: string | undefined): Page {
  const found: Found[] = []
  if (limit === 0) return { found }
  const prefix = query.get("prefix") ?? ""
  const delimiter = query.get("delimiter") ?? ""
  for (const next of walk(bucket.keys, { prefix, delimiter, after, isVisible: (key) => bucket.current(key) !== undefined })) {
    if (found.length === limit) return { found, last: nameOf(found.at(-1)!) }
    found.push(next)
  }
  return { found }
}

/** `Contents` and `CommonPrefixes` of a page. */
export function contentsOf(bucket: Bucket, { found }: Page, write: (key: string) => string, owner?: { ID: string }) {
  return {
    Contents: found.flatMap((one) => {
      const version = "key" in one ? bucket.current(one.key) : undefined
      if (!version) return []
      return [
        {
          Key: write(version.key),
          LastModified: iso(version.at),
          ETag: quoted(version.etag),
          ChecksumAlgorithm: version.checksum?.algorithm,
          ChecksumType: version.checksum?.type,
          Size: version.size,
          Owner: owner,
          StorageClass: version.storageClass,
        },
      ]
    }),
    CommonPrefixes: found.flatMap((one) => ("folded" in one ? [{ Prefix: write(one.folded) }] : [])),
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
export const ListObjects: Operation = {
  tier: "put",
  access: (call) => listAccess(call, "s3:ListBucket"),
  run(call) {
    const bucket = bucketOf(call)
    const { query } = call
    const limit = limitOf(query, "max-keys")
    const write = keyWriter(query)
    const page = pageOf(bucket, call, limit, query.get("marker") || undefined)
    const delimiter = query.get("delimiter")
    return xmlResponse(
      xml("ListBucketResult", {
        Name: bucket.name,
        Prefix: write(query.get("prefix") ?? ""),
        Marker: write(query.get("marker") ?? ""),
        // Without a delimiter the last key is the next marker.
        NextMarker: delimiter && page.last !== undefined ? write(page.last) : undefined,
        MaxKeys: limit,
        Delimiter: delimiter ? write(delimiter) : undefined,
        EncodingType: query.get("encoding-type") ?? undefined,
        IsTruncated: page.last !== undefined,
        ...contentsOf(bucket, page, write, { ID: call.cloud.account }),
      }),
    )
  },
}
