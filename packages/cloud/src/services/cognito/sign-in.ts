import { randomUUID } from "node:crypto"
import { AwsError } from "../../service.ts"
import { clientOf, type Directory, invalid, type Operation } from "./operation.ts"
import { checkPolicy, fits, hashOf } from "./password.ts"
import type { Client, Pool, User } from "./pool.ts"

const INCORRECT = "Incorrect username or password."
const CHALLENGE_MS = 3 * 60_000
const DAY_MS = 86_400_000
/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_PasswordPolicyType.html */
const DEFAULT_VALIDITY_DAYS = 7

interface Challenge {
  pool: Pool
  client: Client
  user: User
  expiresAt: number
}

/** The one place passwords are checked: unknown name and wrong password take the same time and read the same. */
async function checked(pool: Pool, client: Client, name: string, password: string, now: number): Promise<User> {
  const key = name.toLowerCase()
  pool.lockout.check(key, now)
  const user = pool.find(name)
  const right = await fits(password, user?.password)
  if (!right || !user) {
    pool.lockout.fail(key, now)
    if (!user && !client.hidesUsers) throw new AwsError("UserNotFoundException", "User does not exist.")
    throw new AwsError("NotAuthorizedException", INCORRECT)
  }
  pool.lockout.succeed(key)
  if (!user.enabled) throw new AwsError("NotAuthorizedException", "User is disabled.")
  return user
}

const text = (value: unknown, name: string): string => {
  if (typeof value !== "string" || value === "") throw invalid(`Missing required parameter ${name}`)
  return value
}

/** InitiateAuth and RespondToAuthChallenge: password, refresh token, and the first change of a temporary password. */
export function signInOperations(): Record<string, Operation> {
  const challenges = new Map<string, Challenge>()

  async function withPassword(parameters: any, pool: Pool, client: Client, { tokens, now }: Directory) {
    const name = text(parameters?.USERNAME, "USERNAME")
    const user = await checked(pool, client, name, text(parameters?.PASSWORD, "PASSWORD"), now())
    if (user.status === "CONFIRMED")
      return { AuthenticationResult: await tokens.signIn(pool, user, client), ChallengeParameters: {} }
    if (
      now() >
      (user.invitedAt ?? user.createdAt) + (pool.policy.TemporaryPasswordValidityDays ?? DEFAULT_VALIDITY_DAYS) * DAY_MS
    )
      throw new AwsError("NotAuthorizedException", "Temporary password has expired and must be reset by an administrator.")
    const Session = randomUUID()
    challenges.set(Session, { pool, client, user, expiresAt: now() + CHALLENGE_MS })
    const userAttributes = JSON.stringify(Object.fromEntries(user.attributes))
    return {
      ChallengeName: "NEW_PASSWORD_REQUIRED",
      Session,
      ChallengeParameters: { USER_ID_FOR_SRP: user.username, requiredAttributes: "[]", userAttributes },
    }
  }

  return {
    InitiateAuth: {
      admin: false,
      async run({ AuthFlow, AuthParameters, ClientId }, directory) {
        const { pool, client } = clientOf(directory, ClientId)
        const flow = AuthFlow === "REFRESH_TOKEN" ? "REFRESH_TOKEN_AUTH" : String(AuthFlow)
        if (flow !== "USER_PASSWORD_AUTH" && flow !== "REFRESH_TOKEN_AUTH")
          throw new AwsError("NotSimulatedException", `NOT_SIMULATED: AuthFlow ${flow}`)
        if (!client.flows.has(flow)) throw invalid(`${flow} flow not enabled for this client`)
        if (flow === "USER_PASSWORD_AUTH") return withPassword(AuthParameters, pool, client, directory)
        const token = text(AuthParameters?.REFRESH_TOKEN, "REFRESH_TOKEN")
        return { AuthenticationResult: await directory.tokens.refresh(token, client), ChallengeParameters: {} }
      },
    },
    RespondToAuthChallenge: {
      admin: false,
      async run({ ChallengeName, Session, ChallengeResponses, ClientId }, { tokens, kept, now }) {
        const challenge = challenges.get(String(Session))
        if (ChallengeName !== "NEW_PASSWORD_REQUIRED") throw invalid(`Unknown challenge ${ChallengeName}`)
        if (!challenge || challenge.client.id !== ClientId || challenge.expiresAt <= now())
          throw new AwsError("NotAuthorizedException", "Invalid session for the user, session is expired.")
        const { pool, client, user } = challenge
        const password = text(ChallengeResponses?.NEW_PASSWORD, "NEW_PASSWORD")
        checkPolicy(password, pool.policy)
        challenges.delete(String(Session))
        user.password = await hashOf(password)
        user.status = "CONFIRMED"
        user.changedAt = now()
        kept.user(pool, user)
        return { AuthenticationResult: await tokens.signIn(pool, user, client), ChallengeParameters: {} }
      },
    },
  }
}
