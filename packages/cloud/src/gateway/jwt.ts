import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from "jose"
import type { Authorizer } from "./api-model.ts"
import { type KeySource, keySource } from "./jwks.ts"

export type Verdict =
  | { ok: true; jwt: { claims: Record<string, string>; scopes: string[] | null } }
  /** `challenge` is the www-authenticate header, which names the reason as AWS does. */
  | { ok: false; status: 401 | 403; challenge: string }

/** API Gateway hands claims on as text: lists as `[a b]`, everything else as its own text. */
const claimText = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(claimText).join(" ")}]` : typeof value === "object" ? JSON.stringify(value) : String(value)

const rejected = (description: string): Verdict => ({
  ok: false,
  status: 401,
  challenge: `Bearer scope="" error="invalid_token" error_description="${description}"`,
})

const scopesOf = ({ scope, scp }: JWTPayload): string[] => {
  const value = scope ?? scp
  return Array.isArray(value) ? value.map(String) : typeof value === "string" ? value.split(" ") : []
}

const REASONS: Record<string, string> = {
  iss: "issuer of token does not match",
  exp: "the token has expired",
  nbf: "the token is not valid yet",
}

/** `aud` decides; `client_id` only where there is no `aud`: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
function audienceMatches({ aud, client_id }: JWTPayload, audience: string[]): boolean {
  const claimed = aud === undefined ? [client_id] : [aud].flat()
  return claimed.some((value) => typeof value === "string" && audience.includes(value))
}

/** The token where the identity source says, without an optional `Bearer `. Only headers and query strings exist as sources. */
export function tokenOf(sources: string[], headers: Record<string, string>, query: URLSearchParams): string | undefined {
  for (const source of sources) {
    const [, from, name = ""] = /^\$request\.(header|querystring)\.(.+)$/.exec(source) ?? []
    const value = from === "header" ? headers[name.toLowerCase()] : from === "querystring" ? query.get(name) : undefined
    if (value) return value.replace(/^bearer\s+/i, "")
  }
  return undefined
}

/** A JWT authorizer of an HTTP API: signature, iss, exp, nbf, iat, audience, and the route's scopes. `token_use` is not looked at, as in AWS. */
export function jwtAuthorizer(authorizer: Authorizer, now: () => number, onError: (line: string) => void) {
  const issuer = authorizer.issuer ?? ""
  const keys: KeySource = keySource(issuer, now, onError)

  return async (token: string | undefined, routeScopes: string[]): Promise<Verdict> => {
    if (!token) return { ok: false, status: 401, challenge: "Bearer" }
    try {
      const { kid, alg } = decodeProtectedHeader(token)
      if (alg !== "RS256") return rejected("signing method is invalid")
      const key = kid ? await keys.key(kid) : undefined
      if (!key) return rejected("unable to find a signing key that matches")
      const { payload } = await jwtVerify(token, key, {
        algorithms: ["RS256"],
        issuer,
        currentDate: new Date(now()),
        requiredClaims: ["exp"],
      })
      if (typeof payload.iat === "number" && payload.iat * 1000 > now() + 999)
        return rejected("the token was issued in the future")
      if (!audienceMatches(payload, authorizer.audience)) return rejected("the token does not have a valid audience")
      const scopes = scopesOf(payload)
      if (routeScopes.length > 0 && !routeScopes.some((scope) => scopes.includes(scope)))
        return { ok: false, status: 403, challenge: `Bearer scope="${routeScopes.join(" ")}" error="insufficient_scope"` }
      const claims = Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, claimText(value)]))
      return { ok: true, jwt: { claims, scopes: routeScopes.length > 0 ? scopes : null } }
    } catch (error) {
      const claim = error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired ? error.claim : ""
      return rejected(REASONS[claim] ?? "the token is malformed or its signature is invalid")
    }
  }
}
