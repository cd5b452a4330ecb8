import * as z from "zod"
import { config } from "../config.ts"
import { log } from "../logger.ts"
import { hashOf } from "../signature.ts"
import { refusedCall } from "../service-client.ts"
import { signedCaller } from "../signed-call.ts"

const User = z.object({ Enabled: z.boolean() })
const Refusal = z.object({ __type: z.string() })

let caller: ReturnType<typeof signedCaller> | undefined

/**
 * Whether a person may still sign in: false for who was disabled or removed. Where the user pool does not say, the answer is true: nobody is cut off
 * because it is slow. https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html
 */
export async function isWelcome(userId: string): Promise<boolean> {
  const { origin, pathname } = new URL(config("TOKEN_ISSUER"))
  const body = Buffer.from(JSON.stringify({ UserPoolId: pathname.slice(1), Username: userId }))
  caller ??= signedCaller("cognito-idp", config("AWS_ENDPOINT_URL") ?? origin)
  try {
    const answer = await caller({
      method: "POST",
      path: "/",
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSCognitoIdentityProviderService.AdminGetUser" },
      body,
      bodyHash: hashOf(body),
      timeoutMs: 3_000,
    })
    const json: unknown = JSON.parse(answer.body.toString("utf8"))
    if (answer.status === 200) return User.parse(json).Enabled
    if (Refusal.parse(json).__type.endsWith("UserNotFoundException")) return false
    throw refusedCall(answer, "cognito-idp:AdminGetUser")
  } catch (error) {
    log.warn("person was not checked", { userId, error })
    return true
  }
}
