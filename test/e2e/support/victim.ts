import * as Y from "yjs"
import type { Product } from "../../../packages/start/src/product.ts"
import { type Frame, Socket } from "./socket.ts"

const PASSWORD = "long enough for anybody"
let count = 0

/** An operation of the user pool, as an operator or a page asks for it. */
export async function pool(local: Product, operation: string, body: object): Promise<any> {
  const UserPoolId = local.cloud.resources("AWS::Cognito::UserPool")[0]!.identity.ref
  const { status, json } = await local.cloud.call({
    service: "cognito-idp",
    target: `AWSCognitoIdentityProviderService.${operation}`,
    body: { UserPoolId, ...body },
  })
  if (status !== 200) throw new Error(`${operation} answered ${status} ${JSON.stringify(json)}`)
  return json
}

export interface Signed {
  id: string
  email: string
  accessToken: string
  refreshToken: string
}

/** Somebody new, signed in. */
export async function newcomer(local: Product, group?: string): Promise<Signed> {
  const email = `somebody-${++count}@backline.test`
  await pool(local, "AdminCreateUser", { Username: email })
  await pool(local, "AdminSetUserPassword", { Username: email, Password: PASSWORD, Permanent: true })
  if (group) await pool(local, "AdminAddUserToGroup", { Username: email, GroupName: group })
  const AuthParameters = { USERNAME: email, PASSWORD }
  const ClientId = local.addresses.clientId
  const { AuthenticationResult } = await pool(local, "InitiateAuth", { AuthFlow: "USER_PASSWORD_AUTH", ClientId, AuthParameters })
  const { AccessToken: accessToken, RefreshToken: refreshToken } = AuthenticationResult
  const me = await callAs(local, { accessToken })("/me")
  return { id: me.body.id, email, accessToken, refreshToken }
}

export const callAs =
  (local: Product, { accessToken }: { accessToken: string }) =>
  async (path: string, body?: unknown, method = body === undefined ? "GET" : "POST") => {
    const response = await fetch(`${local.addresses.http}${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json().catch(() => undefined)) as Frame }
  }

/** A new socket, or nothing where the ticket or the handshake is refused. */
export async function openAs(local: Product, who: { accessToken: string }): Promise<Socket | undefined> {
  const { status, body } = await callAs(local, who)("/realtime/ticket", {})
  if (status !== 200) return undefined
  return Socket.at(`${local.addresses.ws}?ticket=${body.ticket}`).catch(() => undefined)
}

/** Some edit, as Yjs encodes it. */
export function edit(): string {
  const doc = new Y.Doc()
  doc.getText("text").insert(0, `line ${++count}`)
  return Buffer.from(Y.encodeStateAsUpdate(doc)).toString("base64")
}

export const newId = (): string => `id-${++count}`
