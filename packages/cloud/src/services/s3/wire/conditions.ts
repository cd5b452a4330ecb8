import { notSimulated } from "../../../endpoint/errors.ts"
import type { Version } from "../storage/records.ts"
import { noSuchKey, preconditionFailed, S3Error } from "./error.ts"

type Headers = Readonly<Record<string, string>>

const names = (header: string): string[] => header.split(",").map((tag) => tag.trim().replace(/^W\//, "").replace(/^"|"$/g, ""))
const includes = (header: string, etag: string): boolean => names(header).some((name) => name === "*" || name === etag)

/** HTTP dates are whole seconds. */
const seconds = (at: number): number => Math.floor(at / 1000)
const parsed = (header: string | undefined): number | undefined => {
  const at = header === undefined ? Number.NaN : Date.parse(header)
  return Number.isNaN(at) ? undefined : seconds(at)
}

/**
 * What the conditions of a read say: 304 to keep what one has. Throws 412. An ETag condition that holds decides over a date.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function checkRead(headers: Headers, { etag, at }: Pick<Version, "etag" | "at">, prefix = ""): "read" | "not modified" {
  const ifMatch = headers[`${prefix}if-match`]
  const ifNoneMatch = headers[`${prefix}if-none-match`]
  const unmodifiedSince = parsed(headers[`${prefix}if-unmodified-since`])
  const modifiedSince = parsed(headers[`${prefix}if-modified-since`])
  if (ifMatch !== undefined) {
    if (!includes(ifMatch, etag)) throw preconditionFailed("If-Match")
  } else if (unmodifiedSince !== undefined && seconds(at) > unmodifiedSince) throw preconditionFailed("If-Unmodified-Since")
  if (ifNoneMatch !== undefined) return includes(ifNoneMatch, etag) ? "not modified" : "read"
  return modifiedSince !== undefined && seconds(at) <= modifiedSince ? "not modified" : "read"
}

/** As `checkRead` for the source of a copy, where nothing is sent back: a copy that is not needed is refused too. */
export function checkCopySource(headers: Headers, source: Pick<Version, "etag" | "at">): void {
  if (checkRead(headers, source, "x-amz-copy-source-") === "not modified")
    throw preconditionFailed("x-amz-copy-source-If-None-Match")
}

/**
 * Whether a write may happen. `before` is the object when the request came, `now` the one that would be replaced: what changed in between is a
 * conflict (409) where the condition held at first. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function checkWrite(headers: Headers, key: string, before: Version | undefined, now: Version | undefined): void {
  const ifMatch = headers["if-match"]
  const ifNoneMatch = headers["if-none-match"]
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() !== "*") throw notSimulated("s3", "If-None-Match of a write: S3 itself takes * only")
    if (now) throw preconditionFailed("If-None-Match")
  }
  if (ifMatch === undefined) return
  if (now && includes(ifMatch, now.etag)) return
  const conflict = "The conditional request cannot succeed due to a conflicting operation against this resource."
  if (!now && before && includes(ifMatch, before.etag))
    throw new S3Error("ConditionalRequestConflict", conflict, 409, { Condition: "If-Match", Key: key })
  if (!now) throw noSuchKey(key)
  throw preconditionFailed("If-Match")
}
