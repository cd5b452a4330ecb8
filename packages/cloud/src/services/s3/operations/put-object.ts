import type { Access } from "../../../service.ts"
import { checkWrite } from "../wire/conditions.ts"
import { checksumOf } from "../wire/checksum.ts"
import { checkKey, describe } from "../wire/description.ts"
import { checksumHeaders, readPayload } from "../wire/payload.ts"
import type { Checksum } from "../wire/checksum.ts"
import { bucketOf, type Call, contextOf, ENCRYPTED, objectArn, type Operation, quoted, versionHeader } from "./operation.ts"
import { expirationHeader, showObject, storing } from "./write-object.ts"

/** What writing an object needs: tags and access lists are rights of their own, a comparison with what is there reads it. */
export function writeAccess(call: Call): Access[] {
  const resource = objectArn(call)
  const context = contextOf(call)
  const actions = [
    "s3:PutObject",
    ...(call.headers["x-amz-tagging"] === undefined ? [] : ["s3:PutObjectTagging"]),
    ...(call.headers["x-amz-acl"] === undefined ? [] : ["s3:PutObjectAcl"]),
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    ...(call.headers["if-match"] === undefined ? [] : ["s3:GetObject"]),
  ]
  return actions.map((action) => ({ action, resource, context }))
}

/** S3 adds a checksum of its own where the client gave none. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export const wholeChecksum = (
  given: { algorithm: Checksum["algorithm"]; value: string } | undefined,
  bytes: Buffer,
): Checksum => ({
  ...(given ?? { algorithm: "CRC64NVME", value: checksumOf("CRC64NVME", bytes) }),
  type: "FULL_OBJECT",
})

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export const PutObject: Operation = {
  tier: "put",
  access: writeAccess,
  async run(call) {
    const key = checkKey(call.target.key)
    const before = bucketOf(call).current(key)
    checkWrite(call.headers, key, before, before)
    const { bytes, md5, checksum } = readPayload(call.request.body, call.headers)
    const description = describe(call.headers)
    const version = await storing(call, bytes, (pieces) =>
      showObject(call, {
        key,
        description,
        before,
        etag: md5,
        size: bytes.length,
        pieces,
        checksum: wholeChecksum(checksum, bytes),
        event: "s3:ObjectCreated:Put",
        reason: "PutObject",
      }),
    )
    const bucket = bucketOf(call)
    return {
      status: 200,
      headers: {
        etag: quoted(md5),
        ...checksumHeaders(version.checksum),
        ...versionHeader(bucket, version),
        ...expirationHeader(bucket, version),
        ...ENCRYPTED,
      },
    }
  },
}
