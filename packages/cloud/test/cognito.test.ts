import { decodeJwt } from "jose"
import { afterAll, beforeAll, expect, test } from "vitest"
import { cognito } from "../src/services/cognito/index.ts"
import { type GatewayCloud, gatewayCloud, idp, REGION, signedIn, userPool } from "./support/gateway-cloud.ts"

const UserPoolId = `${REGION}_pool12345`
const ClientId = "clientclientclientclient12"
let world: GatewayCloud
let awsUrl: string

beforeAll(async () => {
  world = await gatewayCloud([cognito()], () => userPool())
  awsUrl = world.cloud.awsUrl
})
afterAll(() => world.stop())

const signIn = (USERNAME: string, PASSWORD: string) =>
  idp(awsUrl, "InitiateAuth", { ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME, PASSWORD } }, false)
const refresh = (REFRESH_TOKEN: string) =>
  idp(awsUrl, "InitiateAuth", { ClientId, AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: { REFRESH_TOKEN } }, false)

test("an access token has Cognito's claims and the client's lifetime", async () => {
  const { AccessToken, IdToken, ExpiresIn } = await signedIn(awsUrl, "ada@example.com", "admin")
  const access = decodeJwt(AccessToken)
  expect(ExpiresIn).toBe(900)
  expect(access).toMatchObject({
    iss: `${awsUrl}/${UserPoolId}`,
    client_id: ClientId,
    token_use: "access",
    scope: "aws.cognito.signin.user.admin",
    "cognito:groups": ["admin"],
    username: access.sub,
  })
  expect(access.exp! - access.iat!).toBe(900)
  expect(access.aud).toBeUndefined()
  for (const name of ["origin_jti", "event_id", "auth_time", "jti"]) expect(access[name]).toBeTruthy()
  expect(decodeJwt(IdToken)).toMatchObject({
    aud: ClientId,
    token_use: "id",
    email: "ada@example.com",
    name: "ada",
    sub: access.sub,
  })
})

test("the OpenID configuration leads to public keys without private parts", async () => {
  const configuration = await (await fetch(`${awsUrl}/${UserPoolId}/.well-known/openid-configuration`)).json()
  expect(configuration.issuer).toBe(`${awsUrl}/${UserPoolId}`)
  const { keys } = await (await fetch(configuration.jwks_uri)).json()
  expect(Object.keys(keys[0]).toSorted()).toEqual(["alg", "e", "kid", "kty", "n", "use"])
  expect((await fetch(`${awsUrl}/${REGION}_none/.well-known/jwks.json`)).status).toBe(400)
})

test("unknown name and wrong password read the same", async () => {
  await signedIn(awsUrl, "grace@example.com")
  const wrong = await signIn("grace@example.com", "not it at all")
  const unknown = await signIn("nobody@example.com", "not it at all")
  expect(wrong.json).toEqual(unknown.json)
  expect([wrong.status, wrong.error, wrong.json.message]).toEqual([
    400,
    "NotAuthorizedException",
    "Incorrect username or password.",
  ])
})

test("five failures lock a name, known or not, for a time that doubles", async () => {
  await signedIn(awsUrl, "lin@example.com")
  for (const name of ["lin@example.com", "ghost@example.com"]) {
    const messages: string[] = []
    for (let i = 0; i < 6; i++) messages.push((await signIn(name, "wrong wrong wrong")).json.message)
    expect(messages).toEqual([...Array(5).fill("Incorrect username or password."), "Password attempts exceeded"])
  }
  expect((await signIn("lin@example.com", "correct horse battery")).status).toBe(400)
  world.advance(1_100)
  await signIn("lin@example.com", "wrong wrong wrong")
  world.advance(1_100)
  expect((await signIn("lin@example.com", "correct horse battery")).json.message).toBe("Password attempts exceeded")
  world.advance(1_100)
  expect((await signIn("lin@example.com", "correct horse battery")).status).toBe(200)
})

test("a refresh token gives new tokens until it is revoked, and its access tokens end with it", async () => {
  const { RefreshToken } = await signedIn(awsUrl, "joan@example.com")
  const again = await refresh(RefreshToken)
  expect(again.json.AuthenticationResult.RefreshToken).toBeUndefined()
  const { AccessToken } = again.json.AuthenticationResult
  expect((await idp(awsUrl, "GetUser", { AccessToken }, false)).json.UserAttributes).toContainEqual({
    Name: "email",
    Value: "joan@example.com",
  })
  expect((await idp(awsUrl, "RevokeToken", { Token: RefreshToken, ClientId }, false)).status).toBe(200)
  expect((await refresh(RefreshToken)).json.message).toBe("Refresh Token has been revoked")
  expect((await idp(awsUrl, "GetUser", { AccessToken }, false)).json.message).toBe("Access Token has been revoked")
})

test("signing out everywhere ends every sign-in of that user and of no other", async () => {
  const first = await signedIn(awsUrl, "mary@example.com")
  const other = await signedIn(awsUrl, "nina@example.com")
  await idp(awsUrl, "GlobalSignOut", { AccessToken: first.AccessToken }, false)
  expect((await refresh(first.RefreshToken)).status).toBe(400)
  expect((await refresh(other.RefreshToken)).status).toBe(200)
})

test("a temporary password asks for a new one that fits the policy", async () => {
  const Username = "temp@example.com"
  await idp(awsUrl, "AdminCreateUser", { UserPoolId, Username, TemporaryPassword: "temporary 1234" })
  const { json } = await signIn(Username, "temporary 1234")
  expect(json.ChallengeName).toBe("NEW_PASSWORD_REQUIRED")
  const respond = (NEW_PASSWORD: string) =>
    idp(
      awsUrl,
      "RespondToAuthChallenge",
      {
        ClientId,
        ChallengeName: json.ChallengeName,
        Session: json.Session,
        ChallengeResponses: { USERNAME: Username, NEW_PASSWORD },
      },
      false,
    )
  expect((await respond("short")).error).toBe("InvalidPasswordException")
  expect((await respond("long enough for it")).json.AuthenticationResult.AccessToken).toBeTruthy()
  expect((await respond("long enough for it")).error).toBe("NotAuthorizedException")
})

test("nobody signs up where administrators create users", async () => {
  const { error, json } = await idp(
    awsUrl,
    "SignUp",
    { ClientId, Username: "me@example.com", Password: "long enough for it" },
    false,
  )
  expect([error, json.message]).toEqual(["NotAuthorizedException", "SignUp is not permitted for this user pool"])
})

test("administrators' operations need a signature, and each name is taken once", async () => {
  expect((await idp(awsUrl, "ListUsers", { UserPoolId }, false)).status).toBeGreaterThanOrEqual(400)
  await idp(awsUrl, "AdminCreateUser", { UserPoolId, Username: "twice@example.com" })
  expect((await idp(awsUrl, "AdminCreateUser", { UserPoolId, Username: "TWICE@example.com" })).error).toBe(
    "UsernameExistsException",
  )
  const found = await idp(awsUrl, "ListUsers", { UserPoolId, Filter: 'email = "twice@example.com"' })
  expect(found.json.Users).toHaveLength(1)
  expect((await idp(awsUrl, "AdminGetUser", { UserPoolId, Username: "none@example.com" })).error).toBe("UserNotFoundException")
})

test("the token of a page of users keeps its filter", async () => {
  for (const n of [1, 2, 3]) await idp(awsUrl, "AdminCreateUser", { UserPoolId, Username: `page-${n}@example.com` })
  const list = async (input: object) => idp(awsUrl, "ListUsers", { UserPoolId, ...input })
  const Filter = 'email ^= "page-"'
  const { PaginationToken } = (await list({ Filter, Limit: 2 })).json
  const rest = (await list({ PaginationToken })).json
  expect([rest.Users.length, rest.PaginationToken]).toEqual([1, undefined])
  expect((await list({ Filter: 'email ^= "other"', PaginationToken })).error).toBe("InvalidParameterException")
})

test("a disabled user is signed out and cannot come back", async () => {
  const { RefreshToken } = await signedIn(awsUrl, "gone@example.com")
  await idp(awsUrl, "AdminDisableUser", { UserPoolId, Username: "gone@example.com" })
  expect((await refresh(RefreshToken)).status).toBe(400)
  expect((await signIn("gone@example.com", "correct horse battery")).json.message).toBe("User is disabled.")
})

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html */
test("an invitation that is sent again renews the temporary password and keeps the person", async () => {
  const Username = "again@example.com"
  const create = (more: object = {}) => idp(awsUrl, "AdminCreateUser", { UserPoolId, Username, ...more })
  const attribute = { Name: "name", Value: "Again" }
  const { json: made } = await create({ TemporaryPassword: "temporary 1234", UserAttributes: [attribute] })
  world.advance(8 * 86_400_000)
  expect((await signIn(Username, "temporary 1234")).json.message).toBe(
    "Temporary password has expired and must be reset by an administrator.",
  )
  const again = await create({ MessageAction: "RESEND", TemporaryPassword: "temporary 5678", DesiredDeliveryMediums: ["EMAIL"] })
  expect(again.status).toBe(200)
  expect(again.json.User).toMatchObject({ Username: made.User.Username, UserStatus: "FORCE_CHANGE_PASSWORD" })
  expect(again.json.User.Attributes).toContainEqual(attribute)
  expect(again.json.User.UserLastModifiedDate).toBeGreaterThan(made.User.UserLastModifiedDate)
  expect((await signIn(Username, "temporary 1234")).error).toBe("NotAuthorizedException")
  expect((await signIn(Username, "temporary 5678")).json.ChallengeName).toBe("NEW_PASSWORD_REQUIRED")
})

test("only those who never signed in are invited again, and wrong members are refused", async () => {
  await signedIn(awsUrl, "confirmed@example.com")
  const create = (Username: string, more: object) => idp(awsUrl, "AdminCreateUser", { UserPoolId, Username, ...more })
  expect((await create("confirmed@example.com", { MessageAction: "RESEND" })).error).toBe("UnsupportedUserStateException")
  expect((await create("unknown@example.com", { MessageAction: "RESEND" })).error).toBe("UserNotFoundException")
  expect((await create("x@example.com", { MessageAction: "SHOUT" })).error).toBe("InvalidParameterException")
  expect((await create("x@example.com", { DesiredDeliveryMediums: ["PIGEON"] })).error).toBe("InvalidParameterException")
  expect((await create("x@example.com", { ForceAliasCreation: true })).json.message).toContain("ForceAliasCreation")
  expect((await idp(awsUrl, "AdminGetUser", { UserPoolId, Username: "x@example.com" })).error).toBe("UserNotFoundException")
})

test("a password that an administrator sets for a while expires too, one for good does not", async () => {
  const Username = "while@example.com"
  await idp(awsUrl, "AdminCreateUser", { UserPoolId, Username })
  const set = (Permanent?: boolean) =>
    idp(awsUrl, "AdminSetUserPassword", { UserPoolId, Username, Password: "correct horse battery", Permanent })
  world.advance(30 * 86_400_000)
  await set()
  expect((await signIn(Username, "correct horse battery")).json.ChallengeName).toBe("NEW_PASSWORD_REQUIRED")
  world.advance(8 * 86_400_000)
  expect((await signIn(Username, "correct horse battery")).json.message).toContain("expired")
  await set(true)
  world.advance(30 * 86_400_000)
  expect((await signIn(Username, "correct horse battery")).json.AuthenticationResult.AccessToken).toBeTruthy()
})

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html */
test("people are found by status and attribute, whole or by their beginning, with the attributes that were asked for", async () => {
  const list = async (input: object) => (await idp(awsUrl, "ListUsers", { UserPoolId, ...input })).json
  for (const name of ["ann", "anna", 'an"n'])
    await idp(awsUrl, "AdminCreateUser", {
      UserPoolId,
      Username: `list-${name.replace('"', "-")}@example.com`,
      UserAttributes: [{ Name: "name", Value: name }],
    })
  await idp(awsUrl, "AdminDisableUser", { UserPoolId, Username: "list-anna@example.com" })
  const names = async (Filter: string) =>
    (await list({ Filter, AttributesToGet: ["name"] })).Users.map((user: any) => user.Attributes[0].Value).toSorted()
  expect(await names('name = "ann"')).toEqual(["ann"])
  expect(await names('name ^= "ann"')).toEqual(["ann", "anna"])
  expect(await names('"name"="an\\"n"')).toEqual(['an"n'])
  const disabled = await list({ Filter: 'status = "Disabled"' })
  expect(disabled.Users.every(({ Enabled }: any) => !Enabled)).toBe(true)
  expect(disabled.Users.length).toBeGreaterThan(0)
  expect((await list({ Filter: 'status = "Enabled"' })).Users.every(({ Enabled }: any) => Enabled)).toBe(true)
  expect((await list({ Filter: 'cognito:user_status = "FORCE_CHANGE_PASSWORD"' })).Users.length).toBeGreaterThanOrEqual(3)
  const [{ Attributes }] = (await list({ Filter: 'name = "ann"', AttributesToGet: ["email"] })).Users
  expect(Attributes).toEqual([{ Name: "email", Value: "list-ann@example.com" }])
  expect((await list({ Filter: 'name = "ann"', AttributesToGet: [] })).Users[0].Attributes).toEqual([])
  for (const input of [
    { Filter: "name ~ 1" },
    { Filter: 'custom:tenant = "a"' },
    { Filter: 'enabled = "true"' },
    { AttributesToGet: "name" },
    { Filter: 'name = "ann"', AttributesToGet: ["birthdate"] },
  ])
    expect((await idp(awsUrl, "ListUsers", { UserPoolId, ...input })).error).toBe("InvalidParameterException")
})

test("a page of people leads on in its own list only", async () => {
  const Filter = 'email ^= "list-"'
  const page = (input: object) => idp(awsUrl, "ListUsers", { UserPoolId, Filter, Limit: 2, ...input })
  const { json: first } = await page({})
  const { json: rest } = await page({ PaginationToken: first.PaginationToken })
  expect([first.Users.length, rest.Users.length, rest.PaginationToken]).toEqual([2, 1, undefined])
  expect((await page({ PaginationToken: first.PaginationToken, Filter: 'email ^= "a"' })).error).toBe("InvalidParameterException")
  expect((await page({ PaginationToken: "bm90IGEgcGFnZQ" })).error).toBe("InvalidParameterException")
})
