import * as z from "zod"
import { lesser, type Role, roleOf } from "../actor.ts"
import { config } from "../config.ts"
import { log } from "../logger.ts"
import { refusedCall } from "../service-client.ts"
import { hashOf } from "../signature.ts"
import { signedCaller } from "../signed-call.ts"
import type { Answer, Session } from "./table.ts"

const User = z.object({ Enabled: z.boolean() })
const Groups = z.object({ Groups: z.array(z.object({ GroupName: z.string() })) })
const Refusal = z.object({ __type: z.string() })

const TIMEOUT_MS = 3_000

interface Told {
  status: number
  json: unknown
  /** What a refusal that says nothing of the person is. */
  refused(): Error
}

let caller: ReturnType<typeof signedCaller> | undefined

/** As an administrator of the pool. */
async function asAdmin(operation: "AdminGetUser" | "AdminListGroupsForUser", Username: string, more: object = {}): Promise<Told> {
  const { origin, pathname } = new URL(config("TOKEN_ISSUER"))
  const body = Buffer.from(JSON.stringify({ UserPoolId: pathname.slice(1), Username, ...more }))
  caller ??= signedCaller("cognito-idp", config("AWS_ENDPOINT_URL") ?? origin)
  const answer = await caller({
    method: "POST",
    path: "/",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `AWSCognitoIdentityProviderService.${operation}` },
    body,
    bodyHash: hashOf(body),
    timeoutMs: TIMEOUT_MS,
  })
  return {
    status: answer.status,
    json: JSON.parse(answer.body.toString("utf8")),
    refused: () => refusedCall(answer, `cognito-idp:${operation}`),
  }
}

/** As the person, by the token itself: needs no role, and a signature would only be in the way. */
async function asPerson(AccessToken: string): Promise<Told> {
  const response = await fetch(new URL("/", config("TOKEN_ISSUER")), {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSCognitoIdentityProviderService.GetUser" },
    body: JSON.stringify({ AccessToken }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  return {
    status: response.status,
    json: await response.json(),
    refused: () => new Error(`GetUser answered ${response.status}.`),
  }
}

/** What says that somebody is out; anything else says nothing of them. */
const OUT = /^(NotAuthorized|UserNotFound|UserNotConfirmed|PasswordResetRequired)Exception$/

function isOut({ json, refused }: Told): boolean {
  const name = Refusal.parse(json).__type.split("#").at(-1)!
  if (OUT.test(name)) return true
  throw refused()
}

/**
 * A token that was revoked, by signing out everywhere or by its session's end, is refused here and nowhere else; so is that of who was disabled or deleted:
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUserGlobalSignOut.html
 */
async function isWelcome(userId: string, token: string | undefined): Promise<boolean> {
  const told = await (token === undefined ? asAdmin("AdminGetUser", userId) : asPerson(token))
  if (told.status !== 200) return !isOut(told)
  return token === undefined ? User.parse(told.json).Enabled : true
}

/** Groups are the role; a token says which there were when it was made. 60 is the most that one call gives, and a person has three at most. */
async function roleNow(userId: string, claimed: Role): Promise<Role> {
  if (claimed === "member") return "member"
  const told = await asAdmin("AdminListGroupsForUser", userId, { Limit: 60 })
  if (told.status !== 200) {
    isOut(told)
    return "member"
  }
  return lesser(claimed, roleOf(Groups.parse(told.json).Groups.map(({ GroupName }) => GroupName)))
}

/** What the user pool says of a session now; undefined where it does not answer. Without a token it cannot tell whether the session was signed out. */
export async function ask({ userId, role }: Session, token: string | undefined): Promise<Omit<Answer, "checkedAt"> | undefined> {
  try {
    const [welcome, left] = await Promise.all([isWelcome(userId, token), roleNow(userId, role)])
    return { isWelcome: welcome, role: left }
  } catch (error) {
    log.warn("person was not checked", { userId, error })
    return undefined
  }
}
