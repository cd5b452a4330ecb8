import { slice } from "../storage/blobs.ts"
import { invalidArgument } from "../wire/error.ts"
import { xml } from "../wire/xml.ts"
import { digest, sourceAccess, sourceOf } from "./copy-source.ts"
import { contextOf, ENCRYPTED, iso, objectArn, type Operation, quoted, xmlResponse } from "./operation.ts"
import { partNumberOf, showPart, uploadOf } from "./upload-part.ts"

/** `bytes=first-last`, both within the source. */
function rangeIn(header: string | undefined, size: number): { start: number; end: number } {
  if (header === undefined) return { start: 0, end: size }
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? []
  if (first === undefined || last === undefined)
    throw invalidArgument(
      "x-amz-copy-source-range",
      header,
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
    )
  if (Number(first) > Number(last) || Number(last) >= size)
    throw invalidArgument("x-amz-copy-source-range", header, `Range specified is not valid for source object of size: ${size}`)
  return { start: Number(first), end: Number(last) + 1 }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
export const UploadPartCopy: Operation = {
  tier: "put",
  access: (call) => [
    { action: "s3:PutObject", resource: objectArn(call), context: contextOf(call) },
    ...sourceAccess(call, false),
  ],
  async run(call) {
    const number = partNumberOf(call)
    const algorithm = uploadOf(call).algorithm ?? "CRC64NVME"
    const { bucket, version } = sourceOf(call)
    const { start, end } = rangeIn(call.headers["x-amz-copy-source-range"], version.size)
    const pieces = slice(version.pieces, start, end)
    for (const { blob } of pieces) call.store.blobs.hold(blob)
    try {
      const { md5, value } = await digest(call, pieces, end - start, algorithm)
      const part = showPart(call, { number, etag: md5, size: end - start, pieces, checksum: { algorithm, value } })
      const content = { LastModified: iso(part.at), ETag: quoted(md5), [`Checksum${algorithm}`]: value }
      return xmlResponse(xml("CopyPartResult", content), {
        ...(bucket.versioning && { "x-amz-copy-source-version-id": version.id }),
        ...ENCRYPTED,
      })
    } finally {
      for (const { blob } of pieces) call.store.blobs.release(blob)
    }
  },
}
