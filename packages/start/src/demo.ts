import { sizes } from "../../../stacks/stages.ts"
import type { Cloud } from "@backline/cloud/service"

export interface DemoUser {
  email: string
  password: string
  role: string
  accessToken: string
}

interface Pool {
  poolId: string
  clientId: string
}

async function cognito(cloud: Cloud, operation: string, body: unknown, fine?: string): Promise<any> {
  const { status, json } = await cloud.call({
    service: "cognito-idp",
    target: `AWSCognitoIdentityProviderService.${operation}`,
    body,
  })
  if (status !== 200 && (fine === undefined || !String(json?.__type).endsWith(fine)))
    throw new Error(`${operation} of a demo person answered ${status}: ${JSON.stringify(json)}`)
  return json
}

/** Makes the stage's demo people the way an administrator would in AWS, and signs them in. */
export async function demoUsers(cloud: Cloud, { poolId, clientId }: Pool): Promise<DemoUser[]> {
  const { demo } = sizes(cloud.stage)
  if (!demo) return []
  return Promise.all(
    demo.people.map(async ({ email, name, role }) => {
      const person = { UserPoolId: poolId, Username: email }
      const attributes = [
        { Name: "email", Value: email },
        { Name: "email_verified", Value: "true" },
        { Name: "name", Value: name },
      ]
      const wanted = { ...person, UserAttributes: attributes, MessageAction: "SUPPRESS" }
      // A data folder has them already, with what they own.
      await cognito(cloud, "AdminCreateUser", wanted, "UsernameExistsException")
      await cognito(cloud, "AdminSetUserPassword", { ...person, Password: demo.password, Permanent: true })
      await cognito(cloud, "AdminAddUserToGroup", { ...person, GroupName: role })
      return { email, password: demo.password, role, accessToken: await signIn(cloud, clientId, email, demo.password) }
    }),
  )
}

/** Signs a demo person in by password, as the console does; gives a fresh access token. */
export async function signIn(cloud: Cloud, clientId: string, email: string, password: string): Promise<string> {
  const { AuthenticationResult } = await cognito(cloud, "InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: clientId,
    AuthParameters: { USERNAME: email, PASSWORD: password },
  })
  return AuthenticationResult.AccessToken as string
}

const HALF_AN_HOUR = 30 * 60_000

/** A valid access token of the first demo person, renewed before its hour is over. */
export function renewing(cloud: Cloud, clientId: string, users: DemoUser[]): () => Promise<string> {
  const [user] = users
  if (!user) throw new Error(`Stage ${cloud.stage} has no demo people, so nothing can act as one.`)
  let token = user.accessToken
  let at = cloud.now()
  return async () => {
    if (cloud.now() - at > HALF_AN_HOUR) {
      token = await signIn(cloud, clientId, user.email, user.password)
      at = cloud.now()
    }
    return token
  }
}
