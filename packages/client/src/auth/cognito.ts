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
  InvalidPasswordException: ["input.password", "The new password is too weak."],
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
  // What the pool's policy asks for stands in its own words.
  if (code === "input.password" && typeof answer.message === "string")
    throw new ApiError(code, answer.message, { status: response.status })
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

/** A sign-in that goes on only with a password of the person's own: the one in hand came from an administrator. */
export class NewPasswordRequired extends ApiError {
  constructor(
    readonly email: string,
    /** Cognito's name of this sign-in; it is good for minutes. */
    readonly session: string,
  ) {
    super("auth.new_password", "This is your first sign-in. Choose a password of your own.")
  }
}

/** Tokens for an email and password, `auth.refused`, or NewPasswordRequired. */
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
  const answer = await call(pool, "InitiateAuth", body, send)
  if (answer.ChallengeName === "NEW_PASSWORD_REQUIRED") throw new NewPasswordRequired(email, String(answer.Session))
  return tokensOf(answer, now)
}

/** Answers NewPasswordRequired. `input.password` says what the password lacks; the same challenge may be answered again. */
export async function choosePassword(
  pool: UserPool,
  { email, session }: NewPasswordRequired,
  password: string,
  send: Send = fetch,
  now = Date.now(),
): Promise<Tokens> {
  const body = {
    ChallengeName: "NEW_PASSWORD_REQUIRED",
    ClientId: pool.clientId,
    Session: session,
    ChallengeResponses: { USERNAME: email, NEW_PASSWORD: password },
  }
  return tokensOf(await call(pool, "RespondToAuthChallenge", body, send), now)
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
