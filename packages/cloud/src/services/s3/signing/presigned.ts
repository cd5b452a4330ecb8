import type { AwsRequest, Cloud } from "../../../service.ts"
import { denied, S3Error } from "../wire/error.ts"
import { ALGORITHM, canonicalRequest, instant, readScope, stringToSign, verify } from "./signature.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const MAX_SECONDS = 7 * 86_400
/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (RequestTimeTooSkewed) */
const SKEW_MS = 15 * 60_000

const NEEDED = ["Algorithm", "Credential", "Signature", "Date", "SignedHeaders", "Expires"].map((name) => `X-Amz-${name}`)

const malformed = (message: string) => new S3Error("AuthorizationQueryParametersError", message, 400)

const isPresigned = (query: URLSearchParams): boolean =>
  query.has("X-Amz-Signature") || query.has("X-Amz-Credential") || query.has("X-Amz-Algorithm")

/** Verifies a signed URL: that it is whole, still valid on the cloud's clock, and signed by the key it names. Anyone may hold one. */
export function checkPresigned(request: AwsRequest, cloud: Cloud): void {
  const query = request.url.searchParams
  if (query.has("AWSAccessKeyId") && query.has("Signature"))
    throw new S3Error(
      "InvalidRequest",
      "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
      400,
    )
  if (!isPresigned(query)) return
  if (request.headers.authorization !== undefined)
    throw new S3Error(
      "InvalidArgument",
      "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
      400,
    )
  const [algorithm, credential, signature, date, signedHeaders, expires] = NEEDED.map((name) => query.get(name))
  if (!algorithm || !credential || !signature || !date || !signedHeaders || !expires)
    throw malformed(`Query-string authentication version 4 requires the ${NEEDED.join(", ")} parameters.`)
  if (algorithm !== ALGORITHM) throw malformed(`X-Amz-Algorithm only supports "${ALGORITHM}"`)
  const scope = readScope(credential)
  if (!scope)
    throw malformed(
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    )
  if (scope.region !== cloud.region)
    throw malformed(
      `Error parsing the X-Amz-Credential parameter; the region '${scope.region}' is wrong; expecting '${cloud.region}'`,
    )
  const from = instant(date)
  if (Number.isNaN(from) || !date.startsWith(scope.date))
    throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
  if (!/^-?\d+$/.test(expires)) throw malformed("X-Amz-Expires should be a number")
  if (Number(expires) < 0) throw malformed("X-Amz-Expires must be non-negative")
  if (Number(expires) > MAX_SECONDS)
    throw malformed(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${MAX_SECONDS} seconds`,
    )
  const now = cloud.now()
  const until = from + Number(expires) * 1000
  const times = { Expires: new Date(until).toISOString(), ServerTime: new Date(now).toISOString() }
  if (now > until) throw denied({ "X-Amz-Expires": expires, ...times }, "Request has expired")
  if (from > now + SKEW_MS) throw denied({ "X-Amz-Expires": expires, ...times }, "Request is not valid yet")
  checkHeaders(request, signedHeaders.split(";"))
  const hash = query.get("X-Amz-Content-Sha256") ?? request.headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD"
  const canonical = canonicalRequest(request, signedHeaders.split(";"), hash)
  verify(request.caller, cloud, scope, stringToSign(date, scope, canonical), signature, canonical)
}

/** The signed headers must be there, and what changes the meaning of a request must be signed. */
function checkHeaders({ headers }: AwsRequest, signed: readonly string[]): void {
  const unsigned = Object.keys(headers).filter((name) => (name === "host" || name.startsWith("x-amz-")) && !signed.includes(name))
  // The hash of the payload may be said without being signed.
  const wrong = unsigned.filter((name) => name !== "x-amz-content-sha256")
  if (wrong.length > 0)
    throw denied({ HeadersNotSigned: wrong.join(", ") }, "There were headers present in the request which were not signed")
}

/** `x-amz-` parameters that a signer moved from the headers into the URL (metadata, checksums), as headers. */
export function hoisted(query: URLSearchParams): Record<string, string> {
  if (!isPresigned(query)) return {}
  const moved = [...query].map(([name, value]) => [name.toLowerCase(), value] as const)
  const own = /^x-amz-(algorithm|credential|signature|date|signedheaders|expires|security-token|content-sha256|user-agent)$/
  return Object.fromEntries(moved.filter(([name]) => name.startsWith("x-amz-") && !own.test(name)))
}
