import * as z from "zod"
import { AppError } from "../error.ts"

const GetUser = z.object({ UserAttributes: z.array(z.object({ Name: z.string(), Value: z.string().optional() })) })

export interface Identity {
  name?: string
  email?: string
}

/**
 * Name and e-mail of a person, from Cognito: access tokens carry neither. GetUser is signed by the token itself, so it needs no SDK and no role;
 * the token's issuer says where to ask. Throws `auth.required` for a token that is refused, `unavailable.identity` when nobody answers.
 */
export async function identityOf(accessToken: string, issuer: string): Promise<Identity> {
  const response = await fetch(new URL("/", issuer), {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSCognitoIdentityProviderService.GetUser" },
    body: JSON.stringify({ AccessToken: accessToken }),
    signal: AbortSignal.timeout(3_000),
  }).catch((cause) => {
    throw new AppError("unavailable", "unavailable.identity", "The sign-in service did not answer. Try again.", { cause })
  })
  if (response.status >= 500 || response.status === 429)
    throw new AppError("unavailable", "unavailable.identity", "The sign-in service did not answer. Try again.")
  if (!response.ok) throw new AppError("auth", "auth.required", "Sign in again.")
  const { UserAttributes } = GetUser.parse(await response.json())
  const attributes = new Map(UserAttributes.map(({ Name, Value }) => [Name, Value]))
  return { name: attributes.get("name"), email: attributes.get("email") }
}
