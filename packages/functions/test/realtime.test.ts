import { ScanCommand } from "@backline/core/dynamo"
import { dynamo } from "@backline/core/aws"
import { withClock } from "@backline/core/clock"
import * as Connection from "@backline/core/connection"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { WebSocket } from "ws"
import { createPeopleTables } from "../../core/test/people.ts"
import { executeApi } from "../../cloud/src/gateway/connections.ts"
import type { Gateway } from "../../cloud/src/gateway/gateway.ts"
import { startHttpApis } from "../../cloud/src/gateway/http-api.ts"
import { Sockets } from "../../cloud/src/gateway/sockets.ts"
import { startWebSocketApis } from "../../cloud/src/gateway/websocket-api.ts"
import { cognito } from "../../cloud/src/services/cognito/index.ts"
import { dynamodb } from "../../cloud/src/services/dynamodb/index.ts"
import {
  functionArn,
  type GatewayCloud,
  gatewayCloud,
  permission,
  REGION,
  resource,
  signedIn,
  userPool,
} from "../../cloud/test/support/gateway-cloud.ts"
import * as meGet from "../src/http/me-get.ts"
import * as ticketPost from "../src/http/ticket-post.ts"
import * as sweepConnections from "../src/schedules/sweep-connections.ts"
import * as authorize from "../src/ws/authorize.ts"
import * as connect from "../src/ws/connect.ts"
import * as disconnect from "../src/ws/disconnect.ts"

const [HTTP, WS] = ["httpapi123", "wsapi12345"]
const ORIGIN = "http://127.0.0.1:3000"
const sockets = new Sockets()
let world: GatewayCloud
let http: Gateway
let ws: Gateway
let printed = ""

const uri = (name: string) => `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${functionArn(name)}/invocations`
function route(api: string, key: string, name: string, more: object = {}) {
  const IntegrationUri = api === HTTP ? functionArn(name) : uri(name)
  const integration = resource("AWS::ApiGatewayV2::Integration", {
    ApiId: api,
    IntegrationType: "AWS_PROXY",
    IntegrationUri,
    PayloadFormatVersion: "2.0",
  })
  const Target = `integrations/${integration.identity.ref}`
  return [
    integration,
    resource("AWS::ApiGatewayV2::Route", { ApiId: api, RouteKey: key, Target, ...more }),
    permission(name, `${api}/*`),
  ]
}

beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation((...parts) => void (printed += `${parts.join(" ")}\n`))
  const jwt = { AuthorizationType: "JWT", AuthorizerId: "jwt" }
  world = await gatewayCloud([dynamodb(), cognito(), executeApi(sockets)], (awsUrl) => [
    ...userPool(),
    resource("AWS::ApiGatewayV2::Api", { ProtocolType: "HTTP", Name: "http" }, HTTP),
    resource("AWS::ApiGatewayV2::Stage", { ApiId: HTTP, StageName: "$default" }, "$default"),
    resource(
      "AWS::ApiGatewayV2::Authorizer",
      {
        ApiId: HTTP,
        AuthorizerType: "JWT",
        IdentitySource: ["$request.header.Authorization"],
        JwtConfiguration: { Issuer: `${awsUrl}/${REGION}_pool12345`, Audience: ["clientclientclientclient12"] },
      },
      "jwt",
    ),
    ...route(HTTP, "POST /realtime/ticket", "ticket", jwt),
    ...route(HTTP, "GET /me", "me", jwt),
    resource(
      "AWS::ApiGatewayV2::Api",
      { ProtocolType: "WEBSOCKET", Name: "ws", RouteSelectionExpression: "$request.body.action" },
      WS,
    ),
    resource("AWS::ApiGatewayV2::Stage", { ApiId: WS, StageName: "live" }, "live"),
    resource(
      "AWS::ApiGatewayV2::Authorizer",
      {
        ApiId: WS,
        AuthorizerType: "REQUEST",
        AuthorizerUri: uri("authorize"),
        IdentitySource: ["route.request.querystring.ticket"],
      },
      "auth12",
    ),
    permission("authorize", `${WS}/authorizers/auth12`),
    ...route(WS, "$connect", "connect", { AuthorizationType: "CUSTOM", AuthorizerId: "auth12" }),
    ...route(WS, "$disconnect", "disconnect"),
  ])
  http = await startHttpApis(world.cloud)
  ws = await startWebSocketApis(world.cloud, {}, sockets)
  Object.assign(process.env, {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "x",
    AWS_ENDPOINT_URL: world.cloud.awsUrl,
    WEBSOCKET_URL: `${ws.urls[WS]}/live`,
    TOKEN_ISSUER: `${world.cloud.awsUrl}/${REGION}_pool12345`,
  })
  await createPeopleTables()
  Object.assign(world.handlers, {
    ticket: ticketPost.handler,
    me: meGet.handler,
    authorize: authorize.handler,
    connect: connect.handler,
    disconnect: disconnect.handler,
  })
})
afterAll(async () => {
  await ws.stop()
  await http.stop()
  await world.stop()
})

const until = async (condition: () => Promise<boolean> | boolean) => {
  for (let i = 0; i < 200 && !(await condition()); i++) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(await condition()).toBe(true)
}
const api = async (path: string, token: string, init: RequestInit = {}) => {
  const response = await fetch(http.urls[HTTP]! + path, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...(init.headers as object) },
  })
  return { status: response.status, json: await response.json() }
}
const ticketFor = async (token: string, origin?: string) =>
  (await api("/realtime/ticket", token, { method: "POST", headers: origin ? { origin } : {} })).json as {
    ticket: string
    url: string
    expiresAt: number
  }

/** The socket, or the status that refused it. */
const open = (url: string, origin?: string) =>
  new Promise<WebSocket | number>((resolve) => {
    const client = new WebSocket(url, origin ? { headers: { Origin: origin } } : {})
    client.once("open", () => resolve(client))
    client.once("unexpected-response", (_, response) => resolve(response.statusCode ?? 0))
    client.on("error", () => undefined)
  })

test("a person gets a ticket, opens a socket with it, hears a frame, and leaves no row behind", async () => {
  const { AccessToken } = await signedIn(world.cloud.awsUrl, "ada@example.com", "admin")
  const me = await api("/me", AccessToken)
  expect(me).toMatchObject({ status: 200, json: { name: "ada", email: "ada@example.com", number: 1, role: "admin" } })
  const { ticket, url } = await ticketFor(AccessToken, ORIGIN)
  const client = (await open(`${url}?ticket=${ticket}`, ORIGIN)) as WebSocket
  expect(client).toBeInstanceOf(WebSocket)
  const heard = new Promise((resolve) => client.once("message", (data) => resolve(JSON.parse(String(data)))))
  expect(await Connection.postToUser(me.json.id, { type: "notice", code: "hello" })).toEqual({ sent: 1, gone: 0, failed: 0 })
  expect(await heard).toEqual({ type: "notice", code: "hello" })
  client.close()
  await until(async () => (await Connection.byUser({ userId: me.json.id })).items.length === 0)
})

test("of a hundred sockets with one ticket exactly one opens", async () => {
  const { AccessToken } = await signedIn(world.cloud.awsUrl, "bob@example.com")
  const { ticket, url } = await ticketFor(AccessToken)
  const results = await Promise.all(Array.from({ length: 100 }, () => open(`${url}?ticket=${ticket}`)))
  const opened = results.filter((it) => it instanceof WebSocket)
  expect([opened.length, results.filter((it) => it === 403).length]).toEqual([1, 99])
  for (const client of opened) client.close()
})

test("no ticket is 401; an invented one, another origin's, and one for a page without its Origin are 403", async () => {
  const { AccessToken } = await signedIn(world.cloud.awsUrl, "eve@example.com")
  const { ticket, url } = await ticketFor(AccessToken, ORIGIN)
  expect(await open(url)).toBe(401)
  expect(await open(`${url}?ticket=tck_invented`, ORIGIN)).toBe(403)
  for (const origin of [undefined, "null", "http://evil.example", "http://127.0.0.1:3001", "https://127.0.0.1:3000"])
    expect([origin, await open(`${url}?ticket=${ticket}`, origin)]).toEqual([origin, 403])
  expect(printed).not.toContain(ticket.slice(4))
})

test("a socket lost without a word costs one 410 and its row", async () => {
  const { AccessToken } = await signedIn(world.cloud.awsUrl, "fay@example.com")
  const { json } = await api("/me", AccessToken)
  const { ticket, url } = await ticketFor(AccessToken)
  const client = (await open(`${url}?ticket=${ticket}`)) as WebSocket
  const [row] = (await Connection.byUser({ userId: json.id })).items
  world.handlers.disconnect = () => Promise.reject(new Error("never delivered"))
  sockets.reset(row!.connectionId)
  await until(() => client.readyState === WebSocket.CLOSED)
  /** A moment later, when nobody takes it for one that is still opening. */
  const later = { now: () => Date.now() + 60_000 }
  expect(await withClock(later, () => Connection.postToUser(json.id, {}))).toEqual({ sent: 0, gone: 1, failed: 0 })
  expect((await Connection.byUser({ userId: json.id })).items).toEqual([])
  world.handlers.disconnect = disconnect.handler
})

const WELCOMES = Number(process.env.WELCOMES ?? 60)
test(`each of ${WELCOMES} sockets hears the frame that was sent to it inside of $connect, once, though posts answer 410 until that returns`, async () => {
  let refused = 0
  const welcomes: Promise<{ sent: number; gone: number; failed: number }>[] = []
  const real = world.handlers.connect!
  const isOpen = (id: string) => sockets.find(id) !== undefined
  world.handlers.authorize = ({ methodArn, queryStringParameters }) => ({
    principalId: "p",
    policyDocument: {
      Version: "2012-10-17",
      Statement: [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: methodArn }],
    },
    context: { userId: queryStringParameters.ticket, role: "member", expiresAt: String(Date.now() + 60_000) },
  })
  world.handlers.connect = async (event) => {
    const answer = await real(event)
    const { connectionId, authorizer } = event.requestContext
    if (!isOpen(connectionId)) refused += 1
    welcomes.push(Connection.postToUser(authorizer.userId, { type: "notice", code: "welcome" }))
    /** Long enough for the first post to be refused. */
    await new Promise((resolve) => setTimeout(resolve, 40))
    return answer
  }
  const heard: number[] = []
  for (let n = 0; n < WELCOMES; n += 20)
    await Promise.all(
      Array.from({ length: Math.min(20, WELCOMES - n) }, async (_, at) => {
        const client = new WebSocket(`${ws.urls[WS]}/live?ticket=newcomer-${n + at}`)
        let frames = 0
        client.on("message", () => void (frames += 1))
        await new Promise((resolve) => client.once("open", resolve))
        await until(() => frames > 0)
        await new Promise((resolve) => setTimeout(resolve, 50))
        heard.push(frames)
        client.close()
      }),
    )
  const outcomes = await Promise.all(welcomes)
  Object.assign(world.handlers, { authorize: authorize.handler, connect: connect.handler })
  console.info(
    `${WELCOMES} handshakes, ${refused} of them told before they were open: ${heard.filter((frames) => frames === 1).length} heard it once`,
  )
  expect(refused).toBe(WELCOMES)
  expect(heard).toEqual(heard.map(() => 1))
  expect([heard.length, outcomes.filter(({ sent }) => sent === 1).length]).toEqual([WELCOMES, WELCOMES])
})

test("the sweep leaves live rows alone", async () => {
  await Connection.create({ connectionId: "live", userId: "zoe", role: "member", expiresAt: Date.now() + 60_000 })
  await sweepConnections.handler()
  const { Items = [] } = await dynamo().send(new ScanCommand({ TableName: "connection" }))
  expect(Items.some(({ connectionId }) => connectionId === "live")).toBe(true)
})
