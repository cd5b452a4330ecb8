import type { Description, Version } from "../storage/records.ts"
import type { Checksum } from "../wire/checksum.ts"
import { algorithmNamed } from "../wire/checksum.ts"
import { checkWrite } from "../wire/conditions.ts"
import { checkKey, describe, storageClassOf } from "../wire/description.ts"
import { invalidArgument, S3Error } from "../wire/error.ts"
import { xml } from "../wire/xml.ts"
import { digest, sourceAccess, sourceOf } from "./copy-source.ts"
import {
  bucketOf,
  type Call,
  ENCRYPTED,
  iso,
  objectArn,
  type Operation,
  quoted,
  versionHeader,
  xmlResponse,
} from "./operation.ts"
import { writeAccess } from "./put-object.ts"
import { expirationHeader, showObject } from "./write-object.ts"

/** Larger objects are copied part by part. */
const MAX_BYTES = 5 * 1024 ** 3

function directive(call: Call, name: string): "COPY" | "REPLACE" {
  const value = call.headers[name] ?? "COPY"
  if (value !== "COPY" && value !== "REPLACE")
    throw invalidArgument(name, value, `Unknown ${name === "x-amz-tagging-directive" ? "tagging" : "metadata"} directive.`)
  return value
}

function descriptionOf(call: Call, source: Version): Description {
  const own = describe(call.headers)
  const tags = directive(call, "x-amz-tagging-directive") === "COPY" ? source.tags : own.tags
  return {
    headers: directive(call, "x-amz-metadata-directive") === "COPY" ? source.headers : own.headers,
    storageClass: storageClassOf(call.headers["x-amz-storage-class"]),
    ...(tags && { tags }),
  }
}

/** The copy is written in one go, whatever the source was: its ETag is an MD5 and its checksum is of the whole object. */
async function contentOf(call: Call, { pieces, size, etag, checksum }: Version): Promise<{ etag: string; checksum: Checksum }> {
  const asked = call.headers["x-amz-checksum-algorithm"]
  const algorithm = asked === undefined ? (checksum?.algorithm ?? "CRC64NVME") : algorithmNamed(asked)
  const isWhole = !etag.includes("-") && checksum?.type === "FULL_OBJECT" && checksum.algorithm === algorithm
  if (isWhole) return { etag, checksum }
  const { md5, value } = await digest(call, pieces, size, algorithm)
  return { etag: md5, checksum: { algorithm, value, type: "FULL_OBJECT" } }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export const CopyObject: Operation = {
  tier: "put",
  access(call) {
    const copiesTags = directive(call, "x-amz-tagging-directive") === "COPY"
    const source = sourceAccess(call, copiesTags)
    const writesTags = source.some(({ action }) => action.endsWith("Tagging"))
    const tagging = writesTags ? [{ action: "s3:PutObjectTagging", resource: objectArn(call) }] : []
    return [...writeAccess(call), ...source, ...tagging]
  },
  async run(call) {
    const key = checkKey(call.target.key)
    const { bucket: from, version: source } = sourceOf(call)
    const before = bucketOf(call).current(key)
    checkWrite(call.headers, key, before, before)
    if (source.size > MAX_BYTES)
      throw new S3Error(
        "InvalidRequest",
        `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_BYTES}`,
        400,
      )
    const isSelf = from.name === call.target.bucket && source.key === key && from.current(key) === source
    const changes = ["x-amz-storage-class", "x-amz-server-side-encryption", "x-amz-checksum-algorithm"]
    const isReplaced =
      directive(call, "x-amz-metadata-directive") === "REPLACE" || directive(call, "x-amz-tagging-directive") === "REPLACE"
    if (isSelf && !isReplaced && changes.every((name) => call.headers[name] === undefined))
      throw new S3Error(
        "InvalidRequest",
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        400,
      )
    const description = descriptionOf(call, source)
    for (const { blob } of source.pieces) call.store.blobs.hold(blob)
    try {
      const { etag, checksum } = await contentOf(call, source)
      const version = showObject(call, {
        key,
        description,
        before,
        etag,
        size: source.size,
        pieces: source.pieces,
        checksum,
        event: "s3:ObjectCreated:Copy",
        reason: "CopyObject",
      })
      const bucket = bucketOf(call)
      const content = {
        LastModified: iso(version.at),
        ETag: quoted(etag),
        ChecksumType: checksum.type,
        [`Checksum${checksum.algorithm}`]: checksum.value,
      }
      return xmlResponse(xml("CopyObjectResult", content), {
        ...versionHeader(bucket, version),
        ...(from.versioning && { "x-amz-copy-source-version-id": source.id }),
        ...expirationHeader(bucket, version),
        ...ENCRYPTED,
      })
    } finally {
      for (const { blob } of source.pieces) call.store.blobs.release(blob)
    }
  },
}
