/** Names under which only this machine is reached; anything else in Host is a page that rebound its DNS name to loopback. */
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\]|[a-z0-9.-]+\.localhost)(:\d+)?$/i

export const isLoopbackHost = (host: string | undefined): boolean => host !== undefined && LOOPBACK.test(host)

/**
 * Who asks, as far as a request tells. `program`: no browser. `own`: a page of the product. `visitor`: a browser that names no page, because a person typed
 * the address or because it is too old to say. `stranger`: any other page.
 */
export type Asker = "program" | "own" | "visitor" | "stranger"

type Headers = Readonly<Record<string, string | undefined>>

/** All browsers have begun so since the nineties, and no page may change it in a request that goes out without a preflight. */
const BROWSER = /^Mozilla\//

/**
 * Origin comes with what a page posts or fetches, Sec-Fetch-Site with everything, images and links too: https://www.w3.org/TR/fetch-metadata/. A page of
 * the very address asked is a stranger as well: the AWS address serves objects that anybody may have uploaded, and no page of the product.
 */
export function askerOf(headers: Headers, own: readonly string[]): Asker {
  const { origin } = headers
  if (origin !== undefined)
    return own.some((address) => URL.canParse(address) && new URL(address).origin === origin) ? "own" : "stranger"
  const site = headers["sec-fetch-site"]
  if (site !== undefined) return site === "none" ? "visitor" : "stranger"
  return BROWSER.test(headers["user-agent"] ?? "") ? "visitor" : "program"
}

const isRead = (method: string): boolean => method === "GET" || method === "HEAD"

/** Nothing below `/_local/` is changed by a GET, and no form can send JSON. */
export const mayControl = (asker: Asker, method: string, headers: Headers): boolean =>
  asker === "program" ||
  asker === "own" ||
  (asker === "visitor" && (isRead(method) || (headers["content-type"] ?? "").startsWith("application/json")))

/**
 * Whether an AWS call may go on to where its signature is looked at. Every page has what AWS gives to everybody: objects by a signed URL or form,
 * the key and the signed link of notifications, Cognito's key set. The rest of Cognito is for pages of the product, where the browser tells.
 */
export function mayCall(asker: Asker, service: string | undefined, method: string, headers: Headers): boolean {
  if (asker === "program" || asker === "own") return true
  const isSigned = headers.authorization !== undefined
  if (asker === "visitor") return !isSigned && (isRead(method) || service === "s3")
  if (service === "cognito-idp") return isRead(method) || headers["sec-fetch-site"] === undefined
  return !isSigned && (service === "s3" || (service === "sns" && isRead(method)))
}

/** Whether a signature that nothing here can verify is taken at its word: the administrator's, whose key may be any. */
export const isBelieved = (asker: Asker, method: string): boolean =>
  asker === "program" || asker === "own" || (asker === "visitor" && isRead(method))

const ALLOWED_HEADERS =
  "authorization,content-type,x-amz-target,x-amz-user-agent,x-amz-date,x-amz-security-token,amz-sdk-invocation-id,amz-sdk-request"

/** What Cognito answers to a browser's preflight. */
export const preflightHeaders = (asked: string | undefined): Record<string, string> => ({
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET,POST,OPTIONS",
  "access-control-allow-headers": asked ?? ALLOWED_HEADERS,
  "access-control-max-age": "172800",
})

/** A preflight carries no signature: Cognito is told by the header that the browser is going to send. */
export const isCognitoPreflight = (url: URL, headers: Readonly<Record<string, string>>): boolean =>
  /x-amz-target/i.test(headers["access-control-request-headers"] ?? "") || url.pathname.includes("/.well-known/")
