import { createHash, createHmac, timingSafeEqual } from "node:crypto"
import type { AwsRequest, Caller, Cloud } from "../../../service.ts"
import { S3Error } from "../wire/error.ts"

/** `<access key>/<date>/<region>/<service>/aws4_request` */
export interface Scope {
  accessKeyId: string
  date: string
  region: string
}

export const ALGORITHM = "AWS4-HMAC-SHA256"

export function readScope(credential: string): Scope | undefined {
  const [, accessKeyId, date, region] = /^(.+)\/(\d{8})\/([a-z0-9-]+)\/s3\/aws4_request$/.exec(credential) ?? []
  return accessKeyId && date && region ? { accessKeyId, date, region } : undefined
}

/** `20250131T235959Z` as epoch milliseconds; NaN for other text. */
export function instant(text: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest()

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
export function sign(secret: string, { date, region }: Scope, text: string): string {
  const key = ["s3", "aws4_request"].reduce(hmac, hmac(hmac(`AWS4${secret}`, date), region))
  return hmac(key, text).toString("hex")
}

/** The secret that a caller signs with. Of the administrator any key is taken, so there is none to verify with. */
const secretOf = ({ kind, functionName }: Caller, cloud: Cloud): string | undefined =>
  kind === "function" && functionName !== undefined ? cloud.lambda.credentials(functionName).secretAccessKey : undefined

/** Throws SignatureDoesNotMatch unless `given` is the signature of `text` with the caller's secret. */
export function verify(caller: Caller, cloud: Cloud, scope: Scope, text: string, given: string, canonicalRequest?: string): void {
  const secret = secretOf(caller, cloud)
  if (secret === undefined) return
  const expected = Buffer.from(sign(secret, scope, text))
  const actual = Buffer.from(given)
  if (expected.length === actual.length && timingSafeEqual(expected, actual)) return
  throw new S3Error(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    403,
    {
      AWSAccessKeyId: scope.accessKeyId,
      StringToSign: text,
      SignatureProvided: given,
      ...(canonicalRequest !== undefined && { CanonicalRequest: canonicalRequest }),
    },
  )
}

/** Percent-encoding of signature version 4: everything but letters, digits and `-._~`. */
const uriEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The request as its signer wrote it down. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
export function canonicalRequest(
  { method, url, headers }: AwsRequest,
  signedHeaders: readonly string[],
  payloadHash: string,
): string {
  const path = url.pathname
    .split("/")
    .map((segment) => uriEncode(decode(segment)))
    .join("/")
  const query = url.search
    .slice(1)
    .split("&")
    .filter(Boolean)
    .map((pair) => {
      const [name, ...value] = pair.split("=")
      return [uriEncode(decode(name!)), uriEncode(decode(value.join("=")))] as const
    })
    .filter(([name]) => name !== "X-Amz-Signature")
    .toSorted(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map((pair) => pair.join("="))
    .join("&")
  const lines = signedHeaders.map((name) => `${name}:${(headers[name] ?? "").trim().replace(/ +/g, " ")}\n`).join("")
  return [method, path, query, lines, signedHeaders.join(";"), payloadHash].join("\n")
}

export const stringToSign = (date: string, { date: day, region }: Scope, canonical: string): string =>
  [ALGORITHM, date, `${day}/${region}/s3/aws4_request`, createHash("sha256").update(canonical).digest("hex")].join("\n")
