import { generateKeyPairSync, sign } from "node:crypto"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { Product } from "../../packages/start/src/product.ts"
import { startHere } from "./support/cloud.ts"
import { personOf, Socket } from "./support/socket.ts"

let local: Product
let idToken: string
/** Whatever was handed out or made up here and must not be found in any log. */
const secrets = new Set<string>()
beforeAll(async () => {
  local = await startHere()
  const { email, password } = local.users[1]!
  const { json } = await local.cloud.call({
    service: "cognito-idp",
    target: "AWSCognitoIdentityProviderService.InitiateAuth",
    body: {
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: local.addresses.clientId,
      AuthParameters: { USERNAME: email, PASSWORD: password },
    },
  })
  idToken = json.AuthenticationResult.IdToken
  for (const token of [idToken, json.AuthenticationResult.RefreshToken, ...local.users.map((user) => user.accessToken)])
    secrets.add(token)
})
afterAll(() => local?.stop())

const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 })

/** Every wrong token that somebody could come with, by what is wrong with it. */
async function wrongTokens(): Promise<Record<string, string>> {
  const good = local.users[1]!.accessToken
  const [head, body, signature] = good.split(".") as [string, string, string]
  const header = JSON.parse(Buffer.from(head, "base64url").toString()) as { kid: string }
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>
  const signed = (more: object = {}, heading: object = {}) => {
    const part = `${text({ ...header, alg: "RS256", ...heading })}.${text({ ...claims, ...more })}`
    return `${part}.${sign("RSA-SHA256", Buffer.from(part), stranger.privateKey).toString("base64url")}`
  }
  return {
    "an id token": idToken,
    "signed by a stranger": signed(),
    "signed by a stranger, unknown key": signed({}, { kid: "unknown" }),
    "a stranger's key inside": signed({}, { jwk: stranger.publicKey.export({ format: "jwk" }) }),
    "a stranger's key elsewhere": signed({}, { kid: "far", jku: "https://evil.example/jwks.json" }),
    "another pool's": signed({ iss: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_other" }),
    "another client's": signed({ client_id: "other", aud: "other" }),
    expired: signed({ exp: 1 }),
    "alg none": `${text({ alg: "none", kid: header.kid })}.${body}.`,
    "alg none with a signature": `${text({ alg: "none", kid: header.kid })}.${body}.${signature}`,
    symmetric: `${text({ ...header, alg: "HS256" })}.${body}.${signature}`,
    "no kid": `${text({ alg: "RS256" })}.${body}.${signature}`,
    "a promoted body": `${head}.${text({ ...claims, "cognito:groups": ["admin"] })}.${signature}`,
    "another person": `${head}.${text({ ...claims, sub: "somebody" })}.${signature}`,
    "a cut signature": good.slice(0, -8),
    "two parts": `${head}.${body}`,
    "four parts": `${good}.x`,
    "no JSON": `${head}.AAAA.${signature}`,
    "a text": "Bearer",
    "9 KB": signed({ more: "x".repeat(6_000) }),
  }
}

const STORM = 60

it("no forged, foreign, expired, wrong or malformed token opens a route, a socket or a session", async () => {
  const bad = await wrongTokens()
  const routes = local.cloud
    .resources("AWS::ApiGatewayV2::Route")
    .filter(({ properties }) => properties.AuthorizationType === "JWT")
    .map(({ properties }) => String(properties.RouteKey).split(" ") as [string, string])
  const status = async ([method, path]: [string, string], token: string) => {
    const url = local.addresses.http + path.replaceAll(/\{[^}]*\}/g, "nothing")
    const body = method === "GET" ? undefined : "{}"
    const response = await fetch(url, {
      method,
      body,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    })
    await response.arrayBuffer()
    return response.status
  }
  const welcome = await Promise.all(routes.map((route) => status(route, local.users[1]!.accessToken)))
  expect(welcome).not.toContain(401)
  const socket = await Socket.open(local, 1)
  let tried = 0
  for (const [what, token] of Object.entries(bad)) {
    secrets.add(token)
    const answers = await Promise.all(routes.map((route) => status(route, token)))
    expect([what, ...new Set(answers)]).toEqual([what, 401])
    expect(await socket.ask("auth.refresh", { token })).toMatchObject({ type: "error", code: expect.stringMatching(/^auth\./) })
    const opened = await Socket.at(`${local.addresses.ws}?ticket=${encodeURIComponent(token)}`).then(
      () => "open",
      (error: Error) => error.message,
    )
    expect([what, opened]).toEqual([what, expect.stringMatching(/40[13]/)])
    tried += answers.length + 2
  }
  /** Keys that nobody knows: the functions and the gateway ask for the pool's keys, but not once for each. */
  const looked = () => local.cloud.calls.since(0, 100_000).filter(({ operation }) => operation === "jwks.json").length
  const before = looked()
  const [head = "", ...rest] = bad["signed by a stranger"]!.split(".")
  const heading = JSON.parse(Buffer.from(head, "base64url").toString()) as object
  const forged = Array.from({ length: STORM }, (_, n) => [text({ ...heading, kid: `k${n}` }), ...rest].join("."))
  for (const token of forged) expect(await socket.ask("auth.refresh", { token })).toMatchObject({ code: "auth.token" })
  for (const token of forged) expect(await status(["GET", "/me"], token)).toBe(401)
  const lookups = looked() - before
  expect(lookups).toBeLessThanOrEqual(2)
  expect(await socket.ask("ping")).toMatchObject({ type: "ack" })
  socket.close()
  console.log(
    `${Object.keys(bad).length} wrong tokens at ${routes.length} routes, on a live socket and at its door: ${tried} tries, 0 let in; ${2 * STORM} unknown keys: ${lookups} look-ups`,
  )
  expect(routes.length).toBeGreaterThan(20)
}, 60_000)

it("no ticket and no token is in any line that anything wrote", async () => {
  const opened: Socket[] = []
  for (let n = 0; n < 3; n++) {
    const { body } = await personOf(local, n)("/realtime/ticket", {})
    secrets.add(body.ticket)
    const url = `${local.addresses.ws}?ticket=${body.ticket}`
    opened.push(await Socket.at(url))
    await expect(Socket.at(url)).rejects.toThrow("403")
  }
  for (const [n, socket] of opened.entries()) {
    expect(await socket.ask("auth.refresh", { token: local.users[n]!.accessToken })).toMatchObject({ type: "ack" })
    socket.close()
  }
  const said: string[] = []
  for (let since = 0; ;) {
    const page = local.lines.find({ since, limit: 5_000 })
    said.push(...page.map((line) => line.text))
    if (page.length === 0) break
    since = page.at(-1)!.n
  }
  const groups = await logged()
  const calls = JSON.stringify(local.cloud.calls.since(0, 1_000_000))
  /** What is told of a secret is no better than the secret, so a third of it is looked for too. */
  const parts = [...secrets]
    .filter((secret) => secret.length > 30)
    .map((secret) => secret.slice(-Math.min(40, secret.length / 3)))
  const hits = parts.filter((part) => said.some((line) => line.includes(part)) || groups.includes(part) || calls.includes(part))
  console.log(
    `${secrets.size} tickets and tokens looked for in ${said.length} lines and ${calls.length} characters of the call log: ${hits.length} found`,
  )
  expect(said.length).toBeGreaterThan(20)
  expect(hits).toEqual([])
})

/** All that is in CloudWatch's groups, access logs of the APIs included. */
async function logged(): Promise<string> {
  const call = async (operation: string, body: object) =>
    (await local.cloud.call({ service: "logs", target: `Logs_20140328.${operation}`, body })).json
  const { logGroups } = await call("DescribeLogGroups", {})
  const events: string[] = []
  for (const { logGroupName } of logGroups)
    for (let nextToken: string | undefined; ;) {
      const page = await call("FilterLogEvents", { logGroupName, ...(nextToken && { nextToken }) })
      events.push(...page.events.map(({ message }: { message: string }) => message))
      nextToken = page.nextToken
      if (!nextToken) break
    }
  expect(events.length).toBeGreaterThan(20)
  return events.join("\n")
}
