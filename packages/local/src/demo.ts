import { sizes } from "../../../stacks/stages.ts"
import type { Cloud } from "./service.ts"

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

async function cognito(cloud: Cloud, operation: string, body: unknown): Promise<any> {
  const { status, json } = await cloud.call({
    service: "cognito-idp",
    target: `AWSCognitoIdentityProviderService.${operation}`,
    body,
  })
  if (status !== 200) throw new Error(`${operation} of a demo person answered ${status}: ${JSON.stringify(json)}`)
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
      await cognito(cloud, "AdminCreateUser", { ...person, UserAttributes: attributes, MessageAction: "SUPPRESS" })
      await cognito(cloud, "AdminSetUserPassword", { ...person, Password: demo.password, Permanent: true })
      await cognito(cloud, "AdminAddUserToGroup", { ...person, GroupName: role })
      return { email, password: demo.password, role, accessToken: await signIn(cloud, clientId, email, demo.password) }
    }),
  )
}

/** A fresh access token; the simulator signs in again before its hour is over. */
export async function signIn(cloud: Cloud, clientId: string, email: string, password: string): Promise<string> {
  const { AuthenticationResult } = await cognito(cloud, "InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: clientId,
    AuthParameters: { USERNAME: email, PASSWORD: password },
  })
  return AuthenticationResult.AccessToken as string
}
