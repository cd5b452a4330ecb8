import { createPublicKey, type KeyObject } from "node:crypto"
import * as z from "zod"
import { now } from "../clock.ts"
import { AppError } from "../error.ts"

/** Keys that are not RSA, or have no id, are none of ours. */
const Jwks = z.object({ keys: z.array(z.looseObject({ kid: z.string().optional(), kty: z.string() })) })

/** A forged key id asks again at most once a minute; a failed look-up a second later. */
const REFETCH_MS = 60_000
const RETRY_MS = 1_000
/** A key that was withdrawn is believed no longer than this. */
const LONGEST_MS = 3_600_000

async function fetchKeys(issuer: string): Promise<Map<string, KeyObject>> {
  const response = await fetch(`${issuer}/.well-known/jwks.json`, { signal: AbortSignal.timeout(3_000), redirect: "error" })
  if (!response.ok) throw new Error(`The keys of the user pool answered ${response.status}.`)
  const { keys } = Jwks.parse(await response.json())
  const usable = keys.filter(({ kty, kid }) => kty === "RSA" && kid !== undefined)
  return new Map(usable.map((jwk) => [jwk.kid!, createPublicKey({ key: jwk as never, format: "jwk" })]))
}

/** Public keys of one issuer by key id. However many ask at once, and for whatever ids, one look-up is under way at most. */
export function keySource(issuer: string) {
  let keys: Map<string, KeyObject> | undefined
  let askedAt = -Infinity
  let asking: Promise<void> | undefined

  async function ask(): Promise<void> {
    askedAt = now()
    keys = await fetchKeys(issuer)
  }

  return async (kid: string): Promise<KeyObject | undefined> => {
    const age = Math.abs(now() - askedAt)
    const isDue = age >= (keys === undefined ? RETRY_MS : keys.has(kid) ? LONGEST_MS : REFETCH_MS)
    if (isDue) asking ??= ask().finally(() => (asking = undefined))
    const failed = await asking?.then(
      () => undefined,
      (cause: unknown) => cause,
    )
    const key = keys?.get(kid)
    if (!key && (failed !== undefined || !keys))
      throw new AppError("unavailable", "unavailable.identity", "The sign-in service did not answer. Try again.", {
        cause: failed,
        retryAfterMs: RETRY_MS,
      })
    return key
  }
}
