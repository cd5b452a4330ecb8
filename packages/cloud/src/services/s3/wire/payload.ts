import { createHash } from "node:crypto"
import { AwsError } from "../../../service.ts"
import { isChunked, readChunked } from "./aws-chunked.ts"
import { type Algorithm, badDigest, checksumIn, checksumOf, headerOf, isDigest } from "./checksum.ts"

/** The bytes of a request, verified against everything it says about them. */
export interface Payload {
  bytes: Buffer
  /** Hex: the ETag of an object or part that is written in one go. */
  md5: string
  checksum?: { algorithm: Algorithm; value: string }
}

function decoded(body: Buffer, headers: Readonly<Record<string, string>>): { bytes: Buffer; trailers: Record<string, string> } {
  if (!isChunked(headers)) return { bytes: body, trailers: {} }
  const { bytes, trailers } = readChunked(body)
  const announced = headers["x-amz-decoded-content-length"]
  if (announced === undefined) throw new AwsError("MissingContentLength", "You must provide the Content-Length HTTP header.", 411)
  if (Number(announced) !== bytes.length)
    throw new AwsError("IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header")
  const expected = (headers["x-amz-trailer"] ?? "").split(",").map((name) => name.trim().toLowerCase())
  for (const name of expected)
    if (name && trailers[name] === undefined)
      throw new AwsError(
        "MalformedTrailerError",
        "The request contained trailing data that was not well-formed or did not conform to our published schema.",
      )
  return { bytes, trailers }
}

/** Throws BadDigest, InvalidDigest, IncompleteBody … as S3 does when the bytes are not the ones that were announced. */
export function readPayload(body: Buffer, headers: Readonly<Record<string, string>>): Payload {
  const { bytes, trailers } = decoded(body, headers)
  const md5 = createHash("md5").update(bytes).digest()
  const announcedMd5 = headers["content-md5"]
  if (announcedMd5 !== undefined) {
    if (!isDigest(announcedMd5, 16)) throw new AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.")
    if (announcedMd5 !== md5.toString("base64"))
      throw new AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.", 400, {
        ExpectedDigest: announcedMd5,
        CalculatedDigest: md5.toString("base64"),
      })
  }
  const sha256 = headers["x-amz-content-sha256"]
  if (sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) && sha256 !== createHash("sha256").update(bytes).digest("hex"))
    throw new AwsError(
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
  const checksum = checksumIn({ ...headers, ...trailers })
  const named = headers["x-amz-sdk-checksum-algorithm"]
  if (named !== undefined && checksum?.algorithm !== named.toUpperCase())
    throw new AwsError(
      "InvalidRequest",
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    )
  if (checksum && checksumOf(checksum.algorithm, bytes) !== checksum.value) throw badDigest(checksum.algorithm)
  return { bytes, md5: md5.toString("hex"), checksum }
}

/** Headers that tell a client the checksum of what it wrote or reads. */
export const checksumHeaders = (
  checksum: { algorithm: Algorithm; value: string; type?: string } | undefined,
): Record<string, string> =>
  checksum
    ? { [headerOf(checksum.algorithm)]: checksum.value, ...(checksum.type && { "x-amz-checksum-type": checksum.type }) }
    : {}
