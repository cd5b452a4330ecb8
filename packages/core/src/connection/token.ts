import { verify } from "node:crypto"
import * as z from "zod"
import { type Role, roleOf } from "../actor.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { keySource } from "./keys.ts"

/** https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html */
const Claims = z.object({
  sub: z.string().min(1),
  iss: z.string(),
  client_id: z.string(),
  token_use: z.string(),
  exp: z.number(),
  origin_jti: z.string().optional(),
  iat: z.number().default(0),
  nbf: z.number().default(0),
  "cognito:groups": z.array(z.string()).default([]),
})
const Header = z.object({ alg: z.literal("RS256"), kid: z.string().min(1).max(256) })

/** How far clocks may differ. */
const LEEWAY_MS = 60_000

/** As Cognito makes them: about 1 KB, groups included. */
const MAX_LENGTH = 16_384

const refused = (cause?: unknown) =>
  new AppError("auth", "auth.token", "This token is not accepted. Send the access token of your own session.", { cause })

const part = <S extends z.ZodType>(schema: S, text: string): z.output<S> => {
  try {
    return schema.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")))
  } catch (cause) {
    throw refused(cause)
  }
}

export interface Vouched {
  userId: string
  role: Role
  /** The sign-in it is of. */
  session?: string
  /** Epoch milliseconds. */
  expiresAt: number
}

let sources: Map<string, ReturnType<typeof keySource>> | undefined
const keyOf = (issuer: string, kid: string) => {
  sources ??= new Map()
  if (!sources.has(issuer)) sources.set(issuer, keySource(issuer))
  return sources.get(issuer)!(kid)
}

/**
 * Whom an access token of our user pool and our client vouches for, and until when. Throws `auth.token` for anything else, `auth.expired` for one
 * whose time is over, `auth.clock_skew` for one from the future. Keys are asked for only where a token has the right shape and issuer.
 */
export async function vouch(token: string): Promise<Vouched> {
  const [header = "", payload = "", signature = "", ...more] = token.length > MAX_LENGTH ? [] : token.split(".")
  if (!header || !payload || !signature || more.length > 0) throw refused()
  const issuer = config("TOKEN_ISSUER")
  const { kid } = part(Header, header)
  const claims = part(Claims, payload)
  const isOurs = claims.iss === issuer && claims.client_id === config("TOKEN_CLIENT_ID") && claims.token_use === "access"
  const key = isOurs ? await keyOf(issuer, kid) : undefined
  if (!key || !verify("RSA-SHA256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url")))
    throw refused()
  if (Math.max(claims.iat, claims.nbf) * 1000 > now() + LEEWAY_MS)
    throw new AppError("auth", "auth.clock_skew", "This token is from the future: a clock is wrong by more than a minute.")
  if (claims.exp * 1000 + LEEWAY_MS <= now())
    throw new AppError("auth", "auth.expired", "This token has expired. Renew it and send the new one.")
  const session = claims.origin_jti
  return {
    userId: claims.sub,
    role: roleOf(claims["cognito:groups"]),
    ...(session !== undefined && { session }),
    expiresAt: claims.exp * 1000,
  }
}
