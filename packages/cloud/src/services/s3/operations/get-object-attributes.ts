import type { Version } from "../storage/records.ts"
import { invalidArgument } from "../wire/error.ts"
import { xml } from "../wire/xml.ts"
import { readable } from "./get-object.ts"
import { bucketOf, type Operation, readAccess, versionHeader, xmlResponse } from "./operation.ts"

type Headers = Readonly<Record<string, string>>

const KNOWN = new Set(["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"])

function numberIn(headers: Headers, name: string, otherwise: number): number {
  const text = headers[name]
  if (text === undefined) return otherwise
  if (!/^\d{1,9}$/.test(text)) throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range`)
  return Number(text)
}

/** Parts are listed of objects whose checksum is made of those of their parts; of others S3 tells their number alone: https://github.com/localstack/localstack/pull/12764 */
function partsOf({ checksum, parts }: Version, headers: Headers) {
  const from = numberIn(headers, "x-amz-part-number-marker", 0)
  const limit = Math.min(numberIn(headers, "x-amz-max-parts", 1_000), 1_000)
  if (!parts) return undefined
  if (checksum?.type !== "COMPOSITE") return { PartsCount: parts.length }
  const page = parts.slice(from, from + limit)
  const isTruncated = from + page.length < parts.length
  return {
    PartsCount: parts.length,
    PartNumberMarker: from,
    NextPartNumberMarker: isTruncated ? from + page.length : undefined,
    MaxParts: limit,
    IsTruncated: isTruncated,
    Part: page.map((part, index) => ({
      PartNumber: from + index + 1,
      Size: part.size,
      ...(part.checksum && { [`Checksum${checksum.algorithm}`]: part.checksum }),
    })),
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
export const GetObjectAttributes: Operation = {
  tier: "get",
  access: (call) => [
    ...readAccess(call),
    ...readAccess(call, "s3:GetObjectAttributes", "s3:GetObjectVersionAttributes").slice(0, 1),
  ],
  run(call) {
    const bucket = bucketOf(call)
    const version = readable(call, bucket)
    const asked = (call.headers["x-amz-object-attributes"] ?? "").split(",").map((name) => name.trim())
    const wrong = asked.find((name) => !KNOWN.has(name))
    if (wrong !== undefined) throw invalidArgument("x-amz-object-attributes", wrong, "Invalid attribute name specified.")
    const { checksum } = version
    const content = {
      ETag: asked.includes("ETag") ? version.etag : undefined,
      Checksum:
        asked.includes("Checksum") && checksum
          ? { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type }
          : undefined,
      ObjectParts: asked.includes("ObjectParts") ? partsOf(version, call.headers) : undefined,
      StorageClass: asked.includes("StorageClass") ? version.storageClass : undefined,
      ObjectSize: asked.includes("ObjectSize") ? version.size : undefined,
    }
    return xmlResponse(xml("GetObjectAttributesResponse", content), {
      "last-modified": new Date(version.at).toUTCString(),
      ...versionHeader(bucket, version),
    })
  },
}
