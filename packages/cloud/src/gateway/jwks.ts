import { type CryptoKey, importJWK, type JWK } from "jose"

const REFETCH_MS = 60_000
const RETRY_FAILED_MS = 1_000

/** Public keys of one issuer by key id, found as a JWT authorizer finds them: through its OpenID configuration. */
export interface KeySource {
  /** The key, or undefined where the issuer has none by that id (or cannot be reached). */
  key(kid: string): Promise<CryptoKey | undefined>
}

async function fetchKeys(issuer: string): Promise<Map<string, CryptoKey>> {
  const read = async (url: string): Promise<any> => {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000), redirect: "error" })
    if (!response.ok) throw new Error(`${url} answered ${response.status}`)
    return response.json()
  }
  const { jwks_uri } = await read(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`)
  const { keys } = (await read(jwks_uri)) as { keys: JWK[] }
  const rsa = keys.filter(({ kty, kid }) => kty === "RSA" && kid)
  return new Map(await Promise.all(rsa.map(async (jwk) => [jwk.kid!, (await importJWK(jwk, "RS256")) as CryptoKey] as const)))
}

/** Keys are fetched once and kept; an unknown key id asks again at most once a minute, so forged ids cannot cause a fetch storm. */
export function keySource(issuer: string, now: () => number, onError: (line: string) => void): KeySource {
  let keys: Map<string, CryptoKey> | undefined
  let askedAt = -Infinity
  let asking: Promise<void> | undefined

  async function ask(): Promise<void> {
    askedAt = now()
    try {
      keys = await fetchKeys(issuer)
    } catch (error) {
      onError(`keys of ${issuer} were not read: ${error instanceof Error ? error.message : error}`)
    }
  }

  return {
    async key(kid) {
      const known = keys?.get(kid)
      if (known) return known
      const due = Math.abs(now() - askedAt) >= (keys ? REFETCH_MS : RETRY_FAILED_MS)
      if (due) asking ??= ask().finally(() => (asking = undefined))
      await asking
      return keys?.get(kid)
    },
  }
}
