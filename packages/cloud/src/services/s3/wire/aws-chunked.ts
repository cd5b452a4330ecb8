import { AwsError } from "../../../service.ts"

/** `STREAMING-UNSIGNED-PAYLOAD-TRAILER` and its signed kinds, or the encoding itself. */
export const isChunked = (headers: Readonly<Record<string, string>>): boolean =>
  headers["x-amz-content-sha256"]?.startsWith("STREAMING-") === true || encodings(headers).includes("aws-chunked")

const encodings = (headers: Readonly<Record<string, string>>): string[] =>
  (headers["content-encoding"] ?? "").split(",").map((name) => name.trim())

/** The object's own encoding: `aws-chunked` is the transport's. */
export const ownEncoding = (headers: Readonly<Record<string, string>>): string =>
  encodings(headers)
    .filter((name) => name && name !== "aws-chunked")
    .join(",")

const incomplete = () =>
  new AwsError("IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header")

/**
 * Takes an aws-chunked body apart: `<hex size>[;chunk-signature=…]\r\n<bytes>\r\n` … `0\r\n<trailers>\r\n`. Signatures of chunks are not verified.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export function readChunked(body: Buffer): { bytes: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = []
  let at = 0
  const line = (): string => {
    const end = body.indexOf("\r\n", at)
    if (end < 0) throw incomplete()
    const text = body.toString("latin1", at, end)
    at = end + 2
    return text
  }
  for (;;) {
    const size = /^([0-9a-f]{1,8})(?:;.*)?$/i.exec(line())?.[1]
    if (size === undefined) throw incomplete()
    const length = Number.parseInt(size, 16)
    if (length === 0) break
    if (at + length + 2 > body.length || body.toString("latin1", at + length, at + length + 2) !== "\r\n") throw incomplete()
    chunks.push(body.subarray(at, at + length))
    at += length + 2
  }
  const trailers: Record<string, string> = {}
  while (at < body.length) {
    const text = line()
    if (text === "") continue
    const colon = text.indexOf(":")
    if (colon < 1) throw incomplete()
    trailers[text.slice(0, colon).trim().toLowerCase()] = text.slice(colon + 1).trim()
  }
  return { bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks), trailers }
}
