import type { AwsResponse } from "../../../service.ts"
import type { Bucket } from "../storage/bucket.ts"
import type { Version } from "../storage/records.ts"
import type { Checksum } from "../wire/checksum.ts"
import { checkRead } from "../wire/conditions.ts"
import { overrides } from "../wire/description.ts"
import { invalidArgument, noSuchKey, S3Error } from "../wire/error.ts"
import { checksumHeaders } from "../wire/payload.ts"
import { type ByteRange, rangeOf } from "../wire/range.ts"
import { bucketOf, type Call, ENCRYPTED, isAnonymous, type Operation, quoted, readAccess, versionHeader } from "./operation.ts"
import { expirationHeader } from "./write-object.ts"

/** The version that a read is about. Throws NoSuchKey, NoSuchVersion, or says that it is a delete marker. */
export function readable(call: Call, bucket: Bucket = bucketOf(call)): Version {
  const { key } = call.target
  const id = call.query.get("versionId")
  const version = id === null ? bucket.newest(key) : bucket.version(key, id)
  if (!version && id !== null)
    throw new S3Error("NoSuchVersion", "The specified version does not exist.", 404, { Key: key, VersionId: id })
  if (!version) throw noSuchKey(key)
  if (!version.isMarker) return version
  const headers = { "x-amz-delete-marker": "true", "x-amz-version-id": version.id }
  if (id === null) throw noSuchKey(key, headers)
  throw new S3Error(
    "MethodNotAllowed",
    "The specified method is not allowed against this resource.",
    405,
    { Method: call.request.method, ResourceType: "DeleteMarker" },
    { ...headers, allow: "DELETE", "last-modified": new Date(version.at).toUTCString() },
  )
}

interface Wanted extends ByteRange {
  isPartial: boolean
  headers: Record<string, string>
}

/** The bytes that a request asks for, by Range or by part number. */
function wanted({ headers, query }: Call, version: Version): Wanted {
  const number = query.get("partNumber")
  if (number === null) {
    const range = rangeOf(headers.range, version.size)
    return {
      start: range?.start ?? 0,
      end: range?.end ?? version.size,
      isPartial: range !== undefined,
      headers: range === undefined && wantsChecksum(headers) ? checksumHeaders(version.checksum) : {},
    }
  }
  if (headers.range !== undefined)
    throw new S3Error("InvalidRequest", "Cannot specify both Range header and partNumber query parameter", 400)
  const index = Number(number) - 1
  const parts = version.parts ?? [{ size: version.size }]
  if (!/^\d+$/.test(number) || index < 0 || index >= 10_000)
    throw invalidArgument("partNumber", number, "Part number must be an integer between 1 and 10000, inclusive")
  const part = parts[index]
  if (!part)
    throw new S3Error("InvalidPartNumber", "The requested partnumber is not satisfiable", 416, { ActualPartCount: parts.length })
  const start = parts.slice(0, index).reduce((sum, { size }) => sum + size, 0)
  return {
    start,
    end: start + part.size,
    isPartial: true,
    headers: {
      ...(version.parts && { "x-amz-mp-parts-count": String(parts.length) }),
      ...(wantsChecksum(headers) && checksumHeaders(checksumOfPart(version, index))),
    },
  }
}

const wantsChecksum = (headers: Readonly<Record<string, string>>): boolean =>
  headers["x-amz-checksum-mode"]?.toUpperCase() === "ENABLED"

/**
 * The checksum that is told of one part: its own where the object's is made of those of its parts. Of a checksum of the whole nothing is told,
 * unless the part is the whole. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html,
 * seen on AWS: https://github.com/localstack/localstack/pull/12842
 */
function checksumOfPart({ checksum, parts }: Version, index: number): Checksum | undefined {
  if (checksum?.type !== "COMPOSITE") return parts && parts.length > 1 ? undefined : checksum
  const value = parts?.[index]?.checksum
  return value === undefined ? undefined : { ...checksum, value }
}

/** What GET and HEAD answer, without the bytes. */
export function answerRead(call: Call): { version: Version; range: ByteRange; response: AwsResponse } {
  const bucket = bucketOf(call)
  const version = readable(call, bucket)
  const common = {
    etag: quoted(version.etag),
    "last-modified": new Date(version.at).toUTCString(),
    ...versionHeader(bucket, version),
    ...expirationHeader(bucket, version),
    ...(version.headers["cache-control"] && { "cache-control": version.headers["cache-control"] }),
  }
  const asked = overrides(call.query, !isAnonymous(call.request))
  if (checkRead(call.headers, version) === "not modified")
    return { version, range: { start: 0, end: 0 }, response: { status: 304, headers: common } }
  const { start, end, isPartial, headers } = wanted(call, version)
  return {
    version,
    range: { start, end },
    response: {
      status: isPartial ? 206 : 200,
      headers: {
        ...version.headers,
        ...common,
        ...ENCRYPTED,
        "accept-ranges": "bytes",
        "content-length": String(end - start),
        ...(isPartial && version.size > 0 && { "content-range": `bytes ${start}-${end - 1}/${version.size}` }),
        ...(version.storageClass !== "STANDARD" && { "x-amz-storage-class": version.storageClass }),
        ...(version.tags &&
          Object.keys(version.tags).length > 0 && { "x-amz-tagging-count": String(Object.keys(version.tags).length) }),
        ...headers,
        ...asked,
      },
    },
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export const GetObject: Operation = {
  tier: "get",
  access: readAccess,
  async run(call) {
    const { version, range, response } = answerRead(call)
    if (response.status === 304) return response
    const body = await call.store.blobs.read(version.pieces, range.start, range.end)
    return { ...response, body, units: { bytesOut: range.end - range.start } }
  },
}
