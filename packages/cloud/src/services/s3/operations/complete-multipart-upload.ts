import { createHash } from "node:crypto"
import type { Part, Upload } from "../storage/records.ts"
import type { Checksum } from "../wire/checksum.ts"
import { ALGORITHMS, badDigest, checksumIn, checksumOfParts } from "../wire/checksum.ts"
import { S3Error } from "../wire/error.ts"
import { type Element, expectElements, readXml, textOf, xml } from "../wire/xml.ts"
import {
  bucketOf,
  type Call,
  contextOf,
  ENCRYPTED,
  objectArn,
  type Operation,
  quoted,
  versionHeader,
  xmlResponse,
} from "./operation.ts"
import { uploadOf } from "./upload-part.ts"
import { expirationHeader, showObject } from "./write-object.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MIN_PART_BYTES = 5 * 1_048_576
const MAX_OBJECT_BYTES = 50 * 1024 ** 4

const CHECKSUMS = ALGORITHMS.map((algorithm) => `Checksum${algorithm}`)

const invalidPart = (upload: Upload, number: number, etag: string) =>
  new S3Error(
    "InvalidPart",
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    400,
    { UploadId: upload.id, PartNumber: number, ETag: etag },
  )

/** The parts that the list names, in its order, each checked against what was uploaded. */
function partsNamed(root: Element, upload: Upload): Part[] {
  expectElements(root, "CompleteMultipartUpload", ["Part"])
  if (root.children.length === 0)
    throw new S3Error(
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
      400,
    )
  const numbers = root.children.map((element) => Number(textOf(element, "PartNumber")))
  if (numbers.some((number, index) => index > 0 && number <= numbers[index - 1]!))
    throw new S3Error(
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
      400,
      { UploadId: upload.id },
    )
  return root.children.map((element, index) => {
    expectElements(element, "Part", ["PartNumber", "ETag", ...CHECKSUMS])
    const number = numbers[index]!
    const etag = (textOf(element, "ETag") ?? "").trim().replace(/^"|"$/g, "")
    const part = upload.parts.get(number)
    if (part?.etag !== etag) throw invalidPart(upload, number, etag)
    const checksum = upload.algorithm && textOf(element, `Checksum${upload.algorithm}`)
    if (checksum !== undefined && checksum !== part.checksum?.value) throw invalidPart(upload, number, etag)
    if (upload.checksumType === "COMPOSITE" && checksum === undefined)
      throw new S3Error(
        "InvalidRequest",
        `The upload was created using a ${upload.algorithm!.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
        400,
      )
    if (part.size < MIN_PART_BYTES && index < root.children.length - 1)
      throw new S3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", 400, {
        ProposedSize: part.size,
        MinSizeAllowed: MIN_PART_BYTES,
        PartNumber: number,
        ETag: etag,
      })
    return part
  })
}

function checksumFor(call: Call, upload: Upload, parts: readonly Part[]): Checksum {
  const algorithm = upload.algorithm ?? "CRC64NVME"
  const checksum = checksumOfParts(
    algorithm,
    upload.checksumType ?? "FULL_OBJECT",
    parts.map(({ checksum: part, size }) => ({ value: part!.value, size })),
  )
  const announced = checksum.type === "FULL_OBJECT" ? checksumIn(call.headers) : undefined
  if (announced && (announced.algorithm !== algorithm || announced.value !== checksum.value)) throw badDigest(announced.algorithm)
  return checksum
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export const CompleteMultipartUpload: Operation = {
  tier: "put",
  access: (call) => [{ action: "s3:PutObject", resource: objectArn(call), context: contextOf(call) }],
  run(call) {
    const bucket = bucketOf(call)
    const { key } = call.target
    const upload = uploadOf(call)
    const parts = partsNamed(readXml(call.request.body), upload)
    const size = parts.reduce((sum, part) => sum + part.size, 0)
    if (size > MAX_OBJECT_BYTES)
      throw new S3Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size.", 400, {
        MaxSizeAllowed: MAX_OBJECT_BYTES,
      })
    const announced = call.headers["x-amz-mp-object-size"]
    if (announced !== undefined && Number(announced) !== size)
      throw new S3Error(
        "InvalidRequest",
        `The provided 'x-amz-mp-object-size' header value ${announced} does not match what was computed: ${size}`,
        400,
      )
    const digests = parts.map(({ etag }) => Buffer.from(etag, "hex"))
    const etag = `${createHash("md5").update(Buffer.concat(digests)).digest("hex")}-${parts.length}`
    const { headers, storageClass, tags } = upload
    const version = showObject(call, {
      key,
      description: { headers, storageClass, ...(tags && { tags }) },
      // An object that came while the parts were uploaded is no conflict: the upload was not conditional until now.
      before: bucket.current(key),
      etag,
      size,
      pieces: parts.flatMap(({ pieces }) => pieces),
      checksum: checksumFor(call, upload, parts),
      parts: parts.map((part) => ({ size: part.size, checksum: part.checksum?.value })),
      event: "s3:ObjectCreated:CompleteMultipartUpload",
      reason: "CompleteMultipartUpload",
      also: [{ do: "end", bucket: bucket.name, upload: upload.id }],
    })
    const { checksum } = version
    const content = {
      Location: `${call.cloud.awsUrl}/${bucket.name}/${key.split("/").map(encodeURIComponent).join("/")}`,
      Bucket: bucket.name,
      Key: key,
      ETag: quoted(etag),
      [`Checksum${checksum!.algorithm}`]: checksum!.value,
      ChecksumType: checksum!.type,
    }
    return xmlResponse(xml("CompleteMultipartUploadResult", content), {
      ...versionHeader(bucket, version),
      ...expirationHeader(bucket, version),
      ...ENCRYPTED,
    })
  },
}
