import type { Part, Upload } from "../storage/records.ts"
import { checksumOf } from "../wire/checksum.ts"
import { invalidArgument, noSuchUpload, S3Error } from "../wire/error.ts"
import { checksumHeaders, readPayload } from "../wire/payload.ts"
import { bucketOf, type Call, contextOf, ENCRYPTED, objectArn, type Operation, quoted } from "./operation.ts"
import { storing } from "./write-object.ts"

/** The upload a call names, of its key. Throws NoSuchUpload. */
export function uploadOf(call: Call): Upload {
  const id = call.query.get("uploadId") ?? ""
  const upload = bucketOf(call).uploads.get(id)
  if (!upload || upload.key !== call.target.key) throw noSuchUpload(id)
  return upload
}

export function partNumberOf({ query }: Call): number {
  const text = query.get("partNumber") ?? ""
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (number < 1 || number > 10_000)
    throw invalidArgument("partNumber", text, "Part number must be an integer between 1 and 10000, inclusive")
  return number
}

/** Puts a part in its place. The upload may have ended while its bytes were stored. */
export function showPart(call: Call, part: Omit<Part, "at">): Part {
  const upload = uploadOf(call)
  const made: Part = { ...part, at: call.cloud.now() }
  call.store.commit({ do: "part", bucket: call.target.bucket, upload: upload.id, part: made })
  return made
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export const UploadPart: Operation = {
  tier: "put",
  access: (call) => [{ action: "s3:PutObject", resource: objectArn(call), context: contextOf(call) }],
  async run(call) {
    const number = partNumberOf(call)
    const { algorithm, checksumType } = uploadOf(call)
    const { bytes, md5, checksum: given } = readPayload(call.request.body, call.headers)
    const isOther = given !== undefined && algorithm !== undefined && given.algorithm !== algorithm
    if (isOther || (checksumType === "COMPOSITE" && !given))
      throw new S3Error(
        "InvalidRequest",
        `Checksum Type mismatch occurred, expected checksum Type: ${algorithm!.toLowerCase()}, actual checksum Type: ${given?.algorithm.toLowerCase() ?? "null"}`,
        400,
      )
    // Without a choice S3 takes CRC64NVME, whose parts combine to the checksum of the object.
    const own = algorithm ?? "CRC64NVME"
    const checksum = given?.algorithm === own ? given : { algorithm: own, value: checksumOf(own, bytes) }
    await storing(call, bytes, (pieces) => showPart(call, { number, etag: md5, size: bytes.length, pieces, checksum }))
    return { status: 200, headers: { etag: quoted(md5), ...checksumHeaders(given), ...ENCRYPTED } }
  },
}
