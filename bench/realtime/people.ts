import { caller, type Product } from "../../test/e2e/product.ts"
import { inParallel } from "../../packages/core/src/parallel.ts"

export interface Person {
  id: string
  /** What opens a socket of this person, once. */
  ticket(): Promise<string>
  call: ReturnType<typeof caller>
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

async function signedUp(product: Product, email: string): Promise<string> {
  const who = { UserPoolId: product.issuer.split("/").at(-1), Username: email }
  const UserAttributes = [
    { Name: "email", Value: email },
    { Name: "name", Value: email.split("@")[0] },
  ]
  await cognito(product, "AdminCreateUser", { ...who, UserAttributes, MessageAction: "SUPPRESS" })
  await cognito(product, "AdminSetUserPassword", { ...who, Password: PASSWORD, Permanent: true })
  await cognito(product, "AdminAddUserToGroup", { ...who, GroupName: "member" })
  const AuthParameters = { USERNAME: email, PASSWORD }
  const { AuthenticationResult } = await cognito(product, "InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: product.clientId,
    AuthParameters,
  })
  return AuthenticationResult.AccessToken as string
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
      const accessToken = await signedUp(product, email)
      const call = caller({ ...product, users: [{ email, password: PASSWORD, role: "member", accessToken }] })
      const id = JSON.parse(Buffer.from(accessToken.split(".")[1]!, "base64url").toString()).sub as string
      all[n] = { id, call, ticket: async () => (await call("/realtime/ticket", {})).body.ticket as string }
    },
  )
  return all
}
