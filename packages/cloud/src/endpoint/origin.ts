/** Names under which only this machine is reached; anything else in Host is a page that rebound its DNS name to loopback. */
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\]|[a-z0-9.-]+\.localhost)(:\d+)?$/i

export const isLoopbackHost = (host: string | undefined): boolean => host !== undefined && LOOPBACK.test(host)

/** Browsers send Origin with everything that could do harm; programs send none. */
export function isOwnOrigin(origin: string | undefined, own: readonly string[]): boolean {
  if (origin === undefined) return true
  return own.some((address) => URL.canParse(address) && new URL(address).origin === origin)
}

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
