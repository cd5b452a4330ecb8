import { createHmac, generateKeyPairSync } from "node:crypto"
import { createServer } from "node:http"
import { base64url, SignJWT } from "jose"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import type { Gateway } from "../src/gateway/gateway.ts"
import { startHttpApis } from "../src/gateway/http-api.ts"
import { cognito } from "../src/services/cognito/index.ts"
import {
  functionArn,
  type GatewayCloud,
  gatewayCloud,
  permission,
  REGION,
  resource,
  signedIn,
  userPool,
} from "./support/gateway-cloud.ts"

const API = "api1234567"
const CLIENT = "clientclientclientclient12"
const POOL = `${REGION}_pool12345`
const ORIGIN = "http://127.0.0.1:3000"
let world: GatewayCloud
let gateway: Gateway
let url: string
let token: string
let idToken: string
let seen: any

const route = (key: string, name: string, more: object = {}, timeout?: number) => {
  const integration = resource("AWS::ApiGatewayV2::Integration", {
    ApiId: API,
    IntegrationType: "AWS_PROXY",
    IntegrationUri: functionArn(name),
    PayloadFormatVersion: "2.0",
    TimeoutInMillis: timeout,
  })
  return [
    integration,
    resource("AWS::ApiGatewayV2::Route", {
      ApiId: API,
      RouteKey: key,
      Target: `integrations/${integration.identity.ref}`,
      ...more,
    }),
  ]
}

beforeAll(async () => {
  const jwt = { AuthorizationType: "JWT", AuthorizerId: "jwt" }
  world = await gatewayCloud([cognito()], (awsUrl) => [
    ...userPool(),
    resource(
      "AWS::ApiGatewayV2::Api",
      {
        ProtocolType: "HTTP",
        Name: "api",
        CorsConfiguration: {
          AllowOrigins: [ORIGIN],
          AllowMethods: ["GET", "POST"],
          AllowHeaders: ["authorization"],
          MaxAge: 3600,
        },
      },
      API,
    ),
    resource("AWS::ApiGatewayV2::Stage", { ApiId: API, StageName: "$default" }, "$default"),
    resource(
      "AWS::ApiGatewayV2::Authorizer",
      {
        ApiId: API,
        AuthorizerType: "JWT",
        IdentitySource: ["$request.header.Authorization"],
        JwtConfiguration: { Issuer: `${awsUrl}/${POOL}`, Audience: [CLIENT] },
      },
      "jwt",
    ),
    ...route("ANY /echo", "echo"),
    ...route("GET /things/{id}", "one"),
    ...route("GET /things/special", "special"),
    ...route("GET /things/{proxy+}", "greedy"),
    ...route("GET /private", "echo", jwt),
    ...route("GET /scoped", "echo", { ...jwt, AuthorizationScopes: ["write:all"] }),
    ...route("GET /slow", "slow", {}, 100),
    ...route("GET /slowest", "slow", {}, 60_000),
    ...route("GET /unpermitted", "unpermitted"),
    ...["echo", "one", "special", "greedy", "slow"].map((name) => permission(name, `${API}/*/*`)),
    permission("unpermitted", `${API}/*/*/somewhere-else`),
  ])
  gateway = await startHttpApis(world.cloud)
  url = gateway.urls[API]!
  const tokens = await signedIn(world.cloud.awsUrl, "ada@example.com", "admin")
  token = tokens.AccessToken
  idToken = tokens.IdToken
})
afterAll(async () => {
  await gateway.stop()
  await world.stop()
})
beforeEach(() => {
  const echo = (name: string) => (event: any) => {
    seen = event
    return { statusCode: 200, headers: { "x-function": name }, body: "" }
  }
  for (const name of ["echo", "one", "special", "greedy"]) world.handlers[name] = echo(name)
  world.handlers.slow = () => new Promise(() => {})
})

const bearer = (value: string) => fetch(`${url}/private`, { headers: { authorization: `Bearer ${value}` } })

test("an event has payload format 2.0", async () => {
  const headers = { cookie: "a=1; b=2", "X-Multi": "x", "content-type": "application/json" }
  await fetch(`${url}/echo?q=1&q=two%20words&r=&s=%2F`, { method: "POST", headers, body: '{"a":1}' })
  expect(seen).toMatchObject({
    version: "2.0",
    routeKey: "ANY /echo",
    rawPath: "/echo",
    rawQueryString: "q=1&q=two%20words&r=&s=%2F",
    cookies: ["a=1", "b=2"],
    queryStringParameters: { q: "1,two words", r: "", s: "/" },
    body: '{"a":1}',
    isBase64Encoded: false,
    requestContext: {
      accountId: "123456789012",
      apiId: API,
      stage: "$default",
      http: { method: "POST", path: "/echo", protocol: "HTTP/1.1", sourceIp: "127.0.0.1" },
    },
  })
  expect(seen.headers["x-multi"]).toBe("x")
  expect(seen.headers.cookie).toBeUndefined()
  expect(seen.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/)
  expect(typeof seen.requestContext.timeEpoch).toBe("number")
  expect(seen.pathParameters).toBeUndefined()
})

test("a function is told the decoded path, and the query string as it was sent", async () => {
  await fetch(`${url}/things/%40id%2Fa%23b/x%20y?q=%40id%2F+%25`)
  expect(seen).toMatchObject({
    rawPath: "/things/@id/a#b/x y",
    rawQueryString: "q=%40id%2F+%25",
    pathParameters: { proxy: "@id/a#b/x y" },
    requestContext: { http: { path: "/things/@id/a#b/x y" } },
  })
})

test("a path whose percent begins no escape is 400", async () => {
  for (const path of ["/things/100%25", "/things/%zz"]) {
    const response = await fetch(url + path)
    expect([response.status, await response.json()]).toEqual([400, { message: "Bad Request" }])
  }
})

test("a body that is not text arrives in base64", async () => {
  await fetch(`${url}/echo`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: Buffer.from([0, 255]),
  })
  expect([seen.body, seen.isBase64Encoded]).toEqual(["AP8=", true])
})

test.each([
  ["/things/special", "special", undefined],
  ["/things/%40a%20b+c", "one", { id: "@a b+c" }],
  // Routes are looked for in the decoded path, and parameters are decoded again.
  ["/things/a%2Fb%20c", "greedy", { proxy: "a/b c" }],
  ["/things/a%252Fb%20c", "one", { id: "a/b c" }],
  ["/things/100%2525", "one", { id: "100%" }],
  ["/things/%73pecial", "special", undefined],
  ["/things/a/b", "greedy", { proxy: "a/b" }],
])("%s goes to %s", async (path, name, parameters) => {
  const response = await fetch(url + path)
  expect([response.headers.get("x-function"), seen.pathParameters]).toEqual([name, parameters])
})

test.each(["/nothing", "/things/", "/echo/", "/"])("%s is not found", async (path) => {
  const response = await fetch(url + path)
  expect([response.status, await response.json()]).toEqual([404, { message: "Not Found" }])
})

test.each<[string, unknown, number, string]>([
  ["an object without a status", { a: 1 }, 200, '{"a":1}'],
  ["text", "hello", 200, "hello"],
  ["a body in base64", { statusCode: 201, body: "aGk=", isBase64Encoded: true }, 201, "hi"],
  ["a status that is none", { statusCode: "x" }, 500, '{"message":"Internal Server Error"}'],
  ["a body that is an object", { statusCode: 200, body: {} }, 500, '{"message":"Internal Server Error"}'],
  [
    "a header that splits the response",
    { statusCode: 200, headers: { a: "b\r\nc: d" } },
    500,
    '{"message":"Internal Server Error"}',
  ],
])("a function may return %s", async (_, returned, status, body) => {
  world.handlers.echo = () => returned
  const response = await fetch(`${url}/echo`)
  expect([response.status, await response.text()]).toEqual([status, body])
})

test("cookies of a function become set-cookie headers", async () => {
  world.handlers.echo = () => ({ statusCode: 204, cookies: ["a=1", "b=2; Secure"] })
  const response = await fetch(`${url}/echo`)
  expect([response.status, response.headers.getSetCookie()]).toEqual([204, ["a=1", "b=2; Secure"]])
})

test("a function that throws is 500, one that is too slow 503, one that may not be invoked 500 and named in the log", async () => {
  world.handlers.echo = () => {
    throw new Error("secret detail")
  }
  const bodies = []
  for (const path of ["/echo", "/slow", "/unpermitted"]) {
    const response = await fetch(url + path)
    bodies.push([response.status, await response.json()])
  }
  expect(bodies).toEqual([
    [500, { message: "Internal Server Error" }],
    [503, { message: "Service Unavailable" }],
    [500, { message: "Internal Server Error" }],
  ])
  expect(world.logs.join("\n")).toContain(`invoke ${functionArn("unpermitted")}`)
})

test("ten megabytes pass and one byte more is 413", async () => {
  const send = (size: number) =>
    fetch(`${url}/echo`, { method: "POST", headers: { "content-type": "text/plain" }, body: Buffer.alloc(size, 97) })
  expect((await send(10 * 1024 * 1024)).status).toBe(200)
  const refused = await send(10 * 1024 * 1024 + 1)
  expect([refused.status, await refused.json()]).toEqual([413, { message: "Request Entity Too Large" }])
})

test("a request line and headers of 10,240 bytes pass, more is 431", async () => {
  const send = (size: number) => fetch(`${url}/echo`, { headers: { "x-large": "a".repeat(size) } })
  expect((await send(9_000)).status).toBe(200)
  const refused = await send(10_241)
  expect([refused.status, await refused.json()]).toEqual([431, { message: "Request Header Fields Too Large" }])
})

test("a function has 30 seconds of the cloud's clock, whatever its integration asks for", async () => {
  const pending = fetch(`${url}/slowest`)
  await new Promise((resolve) => setTimeout(resolve, 100))
  world.advance(29_800)
  expect(await Promise.race([pending, new Promise((resolve) => setTimeout(() => resolve("waits"), 50))])).toBe("waits")
  world.advance(200)
  expect((await pending).status).toBe(503)
})

test("a request is charged by units of 512 KB", async () => {
  const requests = () => world.calls.ledger.all().services.apigateway?.items.httpRequest?.quantity ?? 0
  const before = requests()
  await fetch(`${url}/echo`)
  const body = Buffer.alloc(600 * 1024, 97)
  await fetch(`${url}/echo`, { method: "POST", headers: { "content-type": "text/plain" }, body })
  expect(requests() - before).toBe(3)
})

test("an access token opens a route and its claims arrive as text", async () => {
  expect((await bearer(token)).status).toBe(200)
  const { claims, scopes } = seen.requestContext.authorizer.jwt
  expect(claims).toMatchObject({ client_id: CLIENT, token_use: "access", "cognito:groups": "[admin]" })
  expect(Object.values(claims).every((value) => typeof value === "string")).toBe(true)
  expect(scopes).toBeNull()
  expect((await fetch(`${url}/private`, { headers: { authorization: token } })).status).toBe(200)
})

test("an id token passes too where its audience is the client, as in AWS", async () => {
  expect((await bearer(idToken)).status).toBe(200)
})

test("a route with scopes refuses a token without them", async () => {
  const response = await fetch(`${url}/scoped`, { headers: { authorization: `Bearer ${token}` } })
  expect([response.status, await response.json()]).toEqual([403, { message: "Forbidden" }])
})

test("no forged, foreign, expired, wrong-kind or malformed token passes", async () => {
  const [header = "", payload = "", signature = ""] = token.split(".")
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString())
  const { kid } = JSON.parse(Buffer.from(header, "base64url").toString())
  const part = (value: object) => base64url.encode(JSON.stringify(value))
  const foreign = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey
  const signed = (head: object, body: object) =>
    new SignJWT(body as Record<string, unknown>).setProtectedHeader(head as { alg: string }).sign(foreign)
  const { keys } = await (await fetch(`${world.cloud.awsUrl}/${POOL}/.well-known/jwks.json`)).json()
  const confused = `${part({ alg: "HS256", kid })}.${payload}`
  const tokens: Record<string, string> = {
    "alg none": `${part({ alg: "none", kid })}.${payload}.`,
    "alg none with a signature": `${part({ alg: "none", kid })}.${payload}.${signature}`,
    "alg HS256 keyed by the public key": `${confused}.${createHmac("sha256", JSON.stringify(keys[0])).update(confused).digest("base64url")}`,
    "key of another issuer": await signed({ alg: "RS256", kid }, claims),
    "unknown key id": await signed({ alg: "RS256", kid: "other" }, claims),
    "no key id": await signed({ alg: "RS256" }, claims),
    "changed payload": `${header}.${part({ ...claims, "cognito:groups": ["admin"], sub: "someone-else" })}.${signature}`,
    "changed signature": `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
    "no signature": `${header}.${payload}`,
    "critical header": await signed({ alg: "RS256", kid, crit: ["b64"], b64: true }, claims).catch(() => "x.y.z"),
    "an embedded key": await signed({ alg: "RS256", jwk: keys[0], kid }, claims),
    "not a token": "hello",
    dots: "..",
    empty: "",
    "JSON that is no object": `${base64url.encode("[]")}.${payload}.${signature}`,
    "a long one": "a".repeat(8_000),
  }
  for (const [name, value] of Object.entries(tokens)) {
    seen = undefined
    const response = await bearer(value)
    expect([name, response.status, await response.json()]).toEqual([name, 401, { message: "Unauthorized" }])
    expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/)
    expect(seen).toBeUndefined()
  }
  expect((await fetch(`${url}/private`)).status).toBe(401)
})

test("an expired token is refused and says so", async () => {
  const { AccessToken } = await signedIn(world.cloud.awsUrl, "late@example.com")
  world.advance(16 * 60_000)
  const response = await bearer(AccessToken)
  expect([response.status, response.headers.get("www-authenticate")]).toEqual([
    401,
    expect.stringContaining("the token has expired"),
  ])
})

test("the audience decides: a token for another client is refused, and client_id counts only where aud is absent", async () => {
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 })
  const jwk = { ...key.publicKey.export({ format: "jwk" }), kid: "k1", alg: "RS256", use: "sig" }
  let fetched = 0
  const server = createServer((request, response) => {
    const own = `http://127.0.0.1:${(server.address() as { port: number }).port}`
    if (request.url?.endsWith("jwks.json")) fetched += 1
    response.end(JSON.stringify(request.url?.endsWith("jwks.json") ? { keys: [jwk] } : { jwks_uri: `${own}/jwks.json` }))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  const other = await gatewayCloud([], () => [
    resource("AWS::ApiGatewayV2::Api", { ProtocolType: "HTTP", Name: "other" }, API),
    resource("AWS::ApiGatewayV2::Stage", { ApiId: API, StageName: "$default" }, "$default"),
    resource(
      "AWS::ApiGatewayV2::Authorizer",
      {
        ApiId: API,
        AuthorizerType: "JWT",
        IdentitySource: ["$request.header.Authorization"],
        JwtConfiguration: { Issuer: issuer, Audience: [CLIENT] },
      },
      "jwt",
    ),
    ...route("GET /private", "echo", { AuthorizationType: "JWT", AuthorizerId: "jwt" }),
    permission("echo", `${API}/*/*/private`),
  ])
  other.handlers.echo = () => ({ statusCode: 200 })
  const running = await startHttpApis(other.cloud)
  const at = Math.floor(Date.now() / 1000)
  const status = async (claims: Record<string, unknown>, kid = "k1") => {
    const value = await new SignJWT({ iss: issuer, iat: at, exp: at + 60, ...claims })
      .setProtectedHeader({ alg: "RS256", kid })
      .sign(key.privateKey)
    return (await fetch(`${running.urls[API]}/private`, { headers: { authorization: `Bearer ${value}` } })).status
  }
  try {
    expect(await status({ aud: CLIENT })).toBe(200)
    expect(await status({ aud: ["x", CLIENT] })).toBe(200)
    expect(await status({ client_id: CLIENT })).toBe(200)
    expect(await status({ aud: "another-client", token_use: "id" })).toBe(401)
    expect(await status({ aud: "another-client", client_id: CLIENT })).toBe(401)
    expect(await status({})).toBe(401)
    expect(await status({ aud: CLIENT, iss: `${issuer}/other` })).toBe(401)
    expect(await status({ aud: CLIENT, exp: at - 1 })).toBe(401)
    expect(await status({ aud: CLIENT, exp: undefined })).toBe(401)
    expect(await status({ aud: CLIENT, nbf: at + 60 })).toBe(401)
    expect(await status({ aud: CLIENT, iat: at + 60 })).toBe(401)
    expect(fetched).toBe(1)
    const storm = await Promise.all(Array.from({ length: 50 }, (_, i) => status({ aud: CLIENT }, `forged-${i}`)))
    expect([new Set(storm), fetched]).toEqual([new Set([401]), 1])
    other.advance(61_000)
    await Promise.all(Array.from({ length: 50 }, (_, i) => status({ aud: CLIENT, exp: at + 600 }, `forged-${i}`)))
    expect(fetched).toBe(2)
  } finally {
    await running.stop()
    await other.stop()
    server.close()
  }
})

test("preflights are answered for listed origins alone, and a function's own CORS headers do not count", async () => {
  const preflight = (origin: string) =>
    fetch(`${url}/private`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "GET", "access-control-request-headers": "authorization" },
    })
  const allowed = await preflight(ORIGIN)
  expect([
    allowed.status,
    allowed.headers.get("access-control-allow-origin"),
    allowed.headers.get("access-control-allow-methods"),
  ]).toEqual([204, ORIGIN, "GET,POST"])
  const others = [
    "null",
    "https://127.0.0.1:3000",
    "http://127.0.0.1:3001",
    "http://127.0.0.1",
    `${ORIGIN}.evil.example`,
    "http://evil.example",
    "http://localhost:3000",
    `${ORIGIN}/`,
  ]
  for (const origin of others)
    expect([origin, (await preflight(origin)).headers.get("access-control-allow-origin")]).toEqual([origin, null])
  world.handlers.echo = () => ({ statusCode: 200, headers: { "Access-Control-Allow-Origin": "*" }, body: "x" })
  expect(
    (await fetch(`${url}/echo`, { headers: { origin: "http://evil.example" } })).headers.get("access-control-allow-origin"),
  ).toBeNull()
  expect((await fetch(`${url}/private`, { headers: { origin: ORIGIN } })).headers.get("access-control-allow-origin")).toBe(ORIGIN)
})

test("integrations and authorizers that are not simulated are refused by name", async () => {
  const odd = await gatewayCloud([], () => [
    resource("AWS::ApiGatewayV2::Api", { ProtocolType: "HTTP", Name: "odd" }, API),
    resource("AWS::ApiGatewayV2::Integration", {
      ApiId: API,
      IntegrationType: "HTTP_PROXY",
      IntegrationUri: "http://example.com",
    }),
  ])
  await expect(startHttpApis(odd.cloud)).rejects.toThrow(
    "NOT_SIMULATED: AWS::ApiGatewayV2::Integration.IntegrationType=HTTP_PROXY",
  )
  await odd.stop()
})
