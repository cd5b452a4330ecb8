import { ApiError, networkError } from "../error.ts"

/** Where people sign in: a Cognito user pool, named by its issuer (`https://cognito-idp.<region>.amazonaws.com/<pool>`). */
export interface UserPool {
  issuer: string
  clientId: string
}

export interface Tokens {
  accessToken: string
  /** Epoch milliseconds. */
  expiresAt: number
  /** Absent in the answer to a refresh. */
  refreshToken?: string
}

const MESSAGES: Record<string, [code: string, message: string]> = {
  NotAuthorizedException: ["auth.refused", "The email or the password is not right. Check both and try again."],
  UserNotFoundException: ["auth.refused", "The email or the password is not right. Check both and try again."],
  UserNotConfirmedException: ["auth.unconfirmed", "This account is not confirmed yet. Open the link in the email you were sent."],
  PasswordResetRequiredException: ["auth.reset", "This account needs a new password. Ask an administrator to reset it."],
  TooManyRequestsException: ["limit.rate", "Too many attempts. Wait a minute and try again."],
  LimitExceededException: ["limit.rate", "Too many attempts. Wait a minute and try again."],
}

async function call(pool: UserPool, operation: string, body: object, send: typeof fetch): Promise<Record<string, unknown>> {
  let response: Response
  try {
    response = await send(`${new URL(pool.issuer).origin}/`, {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `AWSCognitoIdentityProviderService.${operation}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
      referrerPolicy: "no-referrer",
    })
  } catch (cause) {
    throw networkError(cause)
  }
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>
  if (response.ok) return answer
  const name = String(answer.__type ?? response.headers.get("x-amzn-errortype") ?? "")
    .split("#")
    .at(-1)!
    .split(":")[0]!
  const [code, message] = MESSAGES[name] ?? ["unavailable.sign_in", "Signing in does not work right now. Try again in a moment."]
  throw new ApiError(code, message, { status: response.status })
}

function tokensOf(answer: Record<string, unknown>, now: number): Tokens {
  const result = answer.AuthenticationResult as { AccessToken: string; ExpiresIn?: number; RefreshToken?: string } | undefined
  if (!result)
    throw new ApiError(
      "auth.challenge",
      "This account has another step before its first sign-in. Ask an administrator to set a permanent password.",
    )
  return {
    accessToken: result.AccessToken,
    expiresAt: now + (result.ExpiresIn ?? 3600) * 1000,
    refreshToken: result.RefreshToken,
  }
}

type Send = typeof fetch

/** Tokens for an email and password, or `auth.refused`. */
export async function signIn(
  pool: UserPool,
  email: string,
  password: string,
  send: Send = fetch,
  now = Date.now(),
): Promise<Tokens> {
  const body = {
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: pool.clientId,
    AuthParameters: { USERNAME: email, PASSWORD: password },
  }
  return tokensOf(await call(pool, "InitiateAuth", body, send), now)
}

/** A new access token; `auth.refused` when the refresh token is revoked or too old. */
export async function refresh(pool: UserPool, refreshToken: string, send: Send = fetch, now = Date.now()): Promise<Tokens> {
  const body = { AuthFlow: "REFRESH_TOKEN_AUTH", ClientId: pool.clientId, AuthParameters: { REFRESH_TOKEN: refreshToken } }
  return tokensOf(await call(pool, "InitiateAuth", body, send), now)
}

/** Ends the refresh token and every access token it gave. */
export async function revoke(pool: UserPool, refreshToken: string, send: Send = fetch): Promise<void> {
  await call(pool, "RevokeToken", { ClientId: pool.clientId, Token: refreshToken }, send)
}
