import type { Upload } from "../storage/records.ts"
import { compareKeys } from "../storage/sorted-keys.ts"
import { keyWriter, limitOf } from "../wire/paging.ts"
import { xml } from "../wire/xml.ts"
import { listAccess } from "./list-objects.ts"
import { bucketOf, iso, type Operation, xmlResponse } from "./operation.ts"

/** By key, then by the time they began. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
const inOrder = (a: Upload, b: Upload): number => compareKeys(a.key, b.key) || a.at - b.at || compareKeys(a.id, b.id)

export const ListMultipartUploads: Operation = {
  tier: "put",
  access: (call) => listAccess(call, "s3:ListBucketMultipartUploads"),
  run(call) {
    const bucket = bucketOf(call)
    const { query } = call
    const limit = limitOf(query, "max-uploads")
    const write = keyWriter(query)
    const prefix = query.get("prefix") ?? ""
    const delimiter = query.get("delimiter") ?? ""
    const keyMarker = query.get("key-marker") ?? ""
    const idMarker = query.get("upload-id-marker") ?? ""
    const all = [...bucket.uploads.values()].filter(({ key }) => key.startsWith(prefix)).toSorted(inOrder)
    const marked = idMarker && all.find(({ id, key }) => id === idMarker && key === keyMarker)
    const rest = all.filter((upload) =>
      marked ? inOrder(upload, marked) > 0 : !keyMarker || compareKeys(upload.key, keyMarker) > 0,
    )
    const page: Upload[] = []
    const folded: string[] = []
    let last: { key: string; id?: string } | undefined
    let isTruncated = false
    for (const upload of rest) {
      const cut = delimiter ? upload.key.indexOf(delimiter, prefix.length) : -1
      const fold = cut < 0 ? undefined : upload.key.slice(0, cut + delimiter.length)
      if (fold !== undefined && (fold === folded.at(-1) || fold === keyMarker)) continue
      isTruncated = page.length + folded.length === limit
      if (isTruncated) break
      if (fold === undefined) page.push(upload)
      else folded.push(fold)
      last = fold === undefined ? { key: upload.key, id: upload.id } : { key: fold }
    }
    const next = isTruncated ? last : undefined
    return xmlResponse(
      xml("ListMultipartUploadsResult", {
        Bucket: bucket.name,
        KeyMarker: write(keyMarker),
        UploadIdMarker: idMarker,
        NextKeyMarker: next && write(next.key),
        NextUploadIdMarker: next && (next.id ?? ""),
        Prefix: write(prefix),
        Delimiter: delimiter ? write(delimiter) : undefined,
        EncodingType: query.get("encoding-type") ?? undefined,
        MaxUploads: limit,
        IsTruncated: isTruncated,
        Upload: page.map((upload) => ({
          Key: write(upload.key),
          UploadId: upload.id,
          Initiated: iso(upload.at),
          StorageClass: upload.storageClass,
          Owner: { ID: call.cloud.account },
          Initiator: { ID: call.cloud.account },
          ChecksumAlgorithm: upload.algorithm,
          ChecksumType: upload.checksumType,
        })),
        CommonPrefixes: folded.map((one) => ({ Prefix: write(one) })),
      }),
    )
  },
}
