import { createHash, randomBytes, randomUUID } from "node:crypto"
import { exportJWK, jwtVerify, SignJWT } from "jose"
import { AwsError } from "../../service.ts"
import type { Kept } from "./kept.ts"
import type { Client, Pool, Session, User } from "./pool.ts"

const SCOPE = "aws.cognito.signin.user.admin"

const seconds = (ms: number): number => Math.floor(ms / 1000)
const opaque = (): string => randomBytes(48).toString("base64url")
const digest = (token: string): string => createHash("sha256").update(token).digest("base64")

export interface TokenSet {
  AccessToken: string
  IdToken: string
  ExpiresIn: number
  TokenType: "Bearer"
  RefreshToken?: string
}

/** Signs and reads the tokens of one cloud's pools, with a key of its own: made at every boot, or with the data folder. Its private half never leaves this closure. */
export async function tokenIssuer(issuerOf: (poolId: string) => string, now: () => number, kept: Kept) {
  const { privateKey, publicKey } = await kept.key()
  const kid = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64")
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" }
  const sessions = new Map<string, Session>()
  const { revoked } = kept

  const sign = (claims: Record<string, unknown>) => new SignJWT(claims).setProtectedHeader({ kid, alg: "RS256" }).sign(privateKey)

  async function issue({ pool, user, originJti, authTime }: Session, client: Client): Promise<TokenSet> {
    const iat = seconds(now())
    const groups = user.groups.size > 0 ? { "cognito:groups": [...user.groups] } : {}
    const shared = {
      sub: user.sub,
      ...groups,
      iss: issuerOf(pool.id),
      origin_jti: originJti,
      event_id: randomUUID(),
      auth_time: authTime,
      iat,
    }
    const { sub: _, ...profile } = Object.fromEntries(user.attributes)
    const access = {
      token_use: "access",
      client_id: client.id,
      scope: SCOPE,
      username: user.username,
      exp: iat + client.accessTtl,
    }
    const id = { ...profile, token_use: "id", aud: client.id, "cognito:username": user.username, exp: iat + client.idTtl }
    const [AccessToken, IdToken] = await Promise.all([
      sign({ ...shared, ...access, jti: randomUUID() }),
      sign({ ...id, ...shared, email_verified: user.attributes.get("email_verified") === "true", jti: randomUUID() }),
    ])
    return { AccessToken, IdToken, ExpiresIn: client.accessTtl, TokenType: "Bearer" }
  }

  const invalidRefresh = () => new AwsError("NotAuthorizedException", "Invalid Refresh Token")

  return {
    keys: () => ({ keys: [jwk] }),

    /** Sign-ins of the last run, of a pool whose users are there again. */
    restore(pool: Pool): void {
      for (const { digest, sub, pool: _, ...session } of kept.sessionsOf(pool.id)) {
        const user = pool.users.find((each) => each.sub === sub)
        if (user) sessions.set(digest, { ...session, pool, user })
      }
    },

    /** Tokens of a new sign-in. */
    async signIn(pool: Pool, user: User, client: Client): Promise<TokenSet> {
      const session: Session = {
        pool,
        user,
        clientId: client.id,
        originJti: randomUUID(),
        authTime: seconds(now()),
        expiresAt: now() + client.refreshTtl * 1000,
      }
      const RefreshToken = opaque()
      sessions.set(digest(RefreshToken), session)
      kept.signedIn(digest(RefreshToken), session)
      return { ...(await issue(session, client)), RefreshToken }
    },

    /** New access and id tokens; groups and attributes are those of now. */
    async refresh(token: string, client: Client): Promise<TokenSet> {
      const session = sessions.get(digest(token))
      if (!session || session.clientId !== client.id) throw invalidRefresh()
      if (session.expiresAt <= now()) throw new AwsError("NotAuthorizedException", "Refresh Token has expired")
      if (revoked.has(session.originJti)) throw new AwsError("NotAuthorizedException", "Refresh Token has been revoked")
      if (!session.user.enabled) throw new AwsError("NotAuthorizedException", "User is disabled.")
      if (!session.pool.users.includes(session.user)) throw invalidRefresh()
      return issue(session, client)
    },

    /** Ends a sign-in: its refresh token and every access token made from it. Unknown tokens are accepted, as in AWS. */
    revoke(token: string, clientId: string): void {
      const session = sessions.get(digest(token))
      if (!session) return
      if (session.clientId !== clientId) throw new AwsError("UnauthorizedException", "Wrong client for this token.")
      kept.ended(session.originJti)
    },

    /** Ends every sign-in of a user. */
    revokeAll(user: User): void {
      for (const session of sessions.values()) if (session.user === user) kept.ended(session.originJti)
    },

    /** The pool id and user of an access token that is genuine, alive and not revoked. */
    async read(token: unknown): Promise<{ poolId: string; username: string }> {
      const refuse = (message: string): never => {
        throw new AwsError("NotAuthorizedException", message)
      }
      if (typeof token !== "string") return refuse("Invalid Access Token")
      const verified = await jwtVerify(token, publicKey, { algorithms: ["RS256"], currentDate: new Date(now()) }).catch((error) =>
        refuse(error?.code === "ERR_JWT_EXPIRED" ? "Access Token has expired" : "Invalid Access Token"),
      )
      const { token_use, origin_jti, iss, username } = verified.payload
      if (token_use !== "access") return refuse("Invalid Access Token")
      if (revoked.has(String(origin_jti))) return refuse("Access Token has been revoked")
      return { poolId: String(iss).slice(String(iss).lastIndexOf("/") + 1), username: String(username) }
    },
  }
}

export type TokenIssuer = Awaited<ReturnType<typeof tokenIssuer>>
