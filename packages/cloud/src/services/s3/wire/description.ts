import { notSimulated } from "../../../endpoint/errors.ts"
import { AwsError } from "../../../service.ts"
import type { Description } from "../storage/records.ts"
import { ownEncoding } from "./aws-chunked.ts"
import { invalidArgument, S3Error } from "./error.ts"
import { readTagging } from "./tagging.ts"

type Headers = Readonly<Record<string, string>>

const SYSTEM = ["content-type", "cache-control", "content-disposition", "content-language", "expires"] as const
const META = "x-amz-meta-"

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const MAX_METADATA_BYTES = 2_048

/** Classes whose objects are readable at once. https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html */
const STORAGE_CLASSES = new Set([
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER_IR",
])
const ARCHIVES = new Set(["GLACIER", "DEEP_ARCHIVE", "OUTPOSTS", "SNOW", "EXPRESS_ONEZONE", "FSX_OPENZFS", "FSX_ONTAP"])

export function storageClassOf(name: string | undefined): string {
  if (name === undefined) return "STANDARD"
  if (ARCHIVES.has(name)) throw notSimulated("s3", `storage class ${name}`)
  if (!STORAGE_CLASSES.has(name))
    throw new S3Error("InvalidStorageClass", "The storage class you specified is not valid", 400, { StorageClassRequested: name })
  return name
}

/** What a client says about the object it writes, from its headers or form fields. */
export function describe(headers: Headers): Description {
  const kept: Record<string, string> = { "content-type": "binary/octet-stream" }
  for (const name of SYSTEM) if (headers[name]) kept[name] = headers[name]
  const encoding = ownEncoding(headers)
  if (encoding) kept["content-encoding"] = encoding
  let size = 0
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(META)) continue
    kept[name] = value
    size += Buffer.byteLength(name) - META.length + Buffer.byteLength(value)
  }
  if (size > MAX_METADATA_BYTES)
    throw new S3Error("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", 400, {
      Size: size,
      MaxSizeAllowed: MAX_METADATA_BYTES,
    })
  const tagging = headers["x-amz-tagging"]
  const tags = tagging === undefined ? undefined : readTagging(tagging)
  return { headers: kept, storageClass: storageClassOf(headers["x-amz-storage-class"]), ...(tags && { tags }) }
}

/** `response-content-type` and its kind, which a signed reader may ask for. */
export function overrides(query: URLSearchParams, isSigned: boolean): Record<string, string> {
  const asked = [...query].filter(([name]) => name.startsWith("response-"))
  if (asked.length > 0 && !isSigned)
    throw new AwsError("InvalidRequest", "Request specific response headers cannot be used for anonymous GET requests.")
  return Object.fromEntries(
    asked.map(([parameter, value]) => {
      const name = parameter.slice("response-".length)
      if (name !== "content-encoding" && !(SYSTEM as readonly string[]).includes(name))
        throw invalidArgument(parameter, value, `${parameter} is no response header that can be overridden`)
      return [name, value]
    }),
  )
}

/** A value as it may stand in a header; others travel as RFC 2047 words, as S3 returns them. */
export const headerValue = (value: string): string =>
  /^[\t\x20-\x7e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString("base64")}?=`

/** Key of an object: 1 to 1,024 bytes of UTF-8. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export function checkKey(key: string): string {
  const size = Buffer.byteLength(key)
  if (size > 1_024) throw new S3Error("KeyTooLongError", "Your key is too long", 400, { Size: size, MaxSizeAllowed: 1_024 })
  return key
}

const KNOWN_HEADERS =
  /^x-amz-(date|content-sha256|security-token|user-agent|decoded-content-length|trailer|sdk-checksum-algorithm|checksum-(algorithm|type|mode|crc32|crc32c|crc64nvme|sha1|sha256)|mp-object-size|meta-.+|storage-class|tagging|tagging-directive|metadata-directive|copy-source(-.+)?|acl|server-side-encryption|expected-bucket-owner|source-expected-bucket-owner|optional-object-attributes|object-attributes|max-parts|part-number-marker|request-payer|object-ownership|target|algorithm|credential|signature)$/

/** Refuses by name what would be passed over: headers unknown here, other encryption than S3's own, access lists, other accounts. */
export function checkHeaders(headers: Headers, account: string): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith("x-amz-")) continue
    if (/^x-amz-(grant-|copy-source-server-side-encryption-)/.test(name) || !KNOWN_HEADERS.test(name))
      throw notSimulated("s3", `header ${name}`)
    if (name === "x-amz-server-side-encryption" && value !== "AES256") throw notSimulated("s3", `encryption with ${value}`)
    // Access lists are off unless a bucket says otherwise: https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    if (name === "x-amz-acl" && value !== "private" && value !== "bucket-owner-full-control")
      throw new AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs")
    if (name.endsWith("expected-bucket-owner") && value !== account) throw new AwsError("AccessDenied", "Access Denied", 403)
  }
}
