import { caller, type Product } from "../../test/e2e/product.ts"
import { inParallel } from "../../packages/core/src/parallel.ts"

export interface Person {
  id: string
  /** What opens a socket of this person, once. */
  ticket(): Promise<string>
  call: ReturnType<typeof caller>
  token(): Promise<string>
  /** Signs in again, as after an hour; gives the new token. */
  renew(): Promise<string>
}

const PASSWORD = "Mezzanine-left-12"
/** A password costs its hash; more at once only wait for one another. */
const AT_ONCE = 8

/** Cognito as an administrator of the account calls it. */
async function cognito(product: Product, operation: string, body: object): Promise<any> {
  const response = await fetch(product.aws, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
      authorization:
        "AWS4-HMAC-SHA256 Credential=admin/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: JSON.stringify(body),
  })
  const answer: any = await response.json()
  if (response.status !== 200) throw new Error(`${operation} answered ${response.status}: ${JSON.stringify(answer)}`)
  return answer
}

async function signUp(product: Product, email: string): Promise<void> {
  const who = { UserPoolId: product.issuer.split("/").at(-1), Username: email }
  const UserAttributes = [
    { Name: "email", Value: email },
    { Name: "name", Value: email.split("@")[0] },
  ]
  await cognito(product, "AdminCreateUser", { ...who, UserAttributes, MessageAction: "SUPPRESS" })
  await cognito(product, "AdminSetUserPassword", { ...who, Password: PASSWORD, Permanent: true })
  await cognito(product, "AdminAddUserToGroup", { ...who, GroupName: "member" })
}

async function signIn(product: Product, email: string): Promise<string> {
  const AuthParameters = { USERNAME: email, PASSWORD }
  const asked = { AuthFlow: "USER_PASSWORD_AUTH", ClientId: product.clientId, AuthParameters }
  return (await cognito(product, "InitiateAuth", asked)).AuthenticationResult.AccessToken as string
}

let made = 0

/** So many new people, signed in, each with an account of their own. */
export async function people(product: Product, count: number): Promise<Person[]> {
  const group = ++made
  const all: Person[] = []
  await inParallel(
    Array.from({ length: count }, (_, n) => n),
    AT_ONCE,
    async (n) => {
      const email = `listener-${group}-${n}@backline.test`
      await signUp(product, email)
      const me = { email, password: PASSWORD, role: "member", accessToken: await signIn(product, email) }
      const call = caller({ ...product, users: [me] })
      all[n] = {
        id: JSON.parse(Buffer.from(me.accessToken.split(".")[1]!, "base64url").toString()).sub as string,
        call,
        ticket: async () => (await call("/realtime/ticket", {})).body.ticket as string,
        token: async () => me.accessToken,
        renew: async () => (me.accessToken = await signIn(product, email)),
      }
    },
  )
  return all
}
