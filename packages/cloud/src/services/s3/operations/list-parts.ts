import { keyWriter, limitOf } from "../wire/paging.ts"
import { xml } from "../wire/xml.ts"
import { iso, objectArn, type Operation, quoted, xmlResponse } from "./operation.ts"
import { uploadOf } from "./upload-part.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export const ListParts: Operation = {
  tier: "put",
  access: (call) => [{ action: "s3:ListMultipartUploadParts", resource: objectArn(call) }],
  run(call) {
    const upload = uploadOf(call)
    const limit = limitOf(call.query, "max-parts")
    const marker = limitOf10k(call.query.get("part-number-marker"))
    const parts = [...upload.parts.values()].filter(({ number }) => number > marker).toSorted((a, b) => a.number - b.number)
    const page = parts.slice(0, limit)
    const isTruncated = parts.length > page.length
    return xmlResponse(
      xml("ListPartsResult", {
        Bucket: call.target.bucket,
        Key: keyWriter(call.query)(upload.key),
        UploadId: upload.id,
        PartNumberMarker: marker,
        NextPartNumberMarker: isTruncated ? page.at(-1)?.number : undefined,
        MaxParts: limit,
        IsTruncated: isTruncated,
        StorageClass: upload.storageClass,
        ChecksumAlgorithm: upload.algorithm,
        ChecksumType: upload.checksumType,
        Owner: { ID: call.cloud.account },
        Initiator: { ID: call.cloud.account },
        Part: page.map(({ number, etag, size, at, checksum }) => ({
          PartNumber: number,
          LastModified: iso(at),
          ETag: quoted(etag),
          Size: size,
          ...(upload.algorithm && checksum && { [`Checksum${checksum.algorithm}`]: checksum.value }),
        })),
      }),
    )
  },
}

const limitOf10k = (marker: string | null): number => (marker !== null && /^\d{1,5}$/.test(marker) ? Number(marker) : 0)
