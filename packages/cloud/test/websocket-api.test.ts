import { connect as connectTcp } from "node:net"
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import { WebSocket } from "ws"
import { executeApi } from "../src/gateway/connections.ts"
import type { Gateway } from "../src/gateway/gateway.ts"
import { Sockets } from "../src/gateway/sockets.ts"
import { startWebSocketApis } from "../src/gateway/websocket-api.ts"
import { ACCOUNT, functionArn, type GatewayCloud, gatewayCloud, permission, REGION, resource } from "./support/gateway-cloud.ts"

const API = "wsapi12345"
const METHOD_ARN = `arn:aws:execute-api:${REGION}:${ACCOUNT}:${API}/live/$connect`
const sockets = new Sockets()
let world: GatewayCloud
let gateway: Gateway
let url: string
let callbacks: ApiGatewayManagementApiClient
let events: Record<string, any[]>
const clients: WebSocket[] = []

const uri = (name: string) => `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${functionArn(name)}/invocations`
const route = (key: string, name: string, more: object = {}) => {
  const integration = resource("AWS::ApiGatewayV2::Integration", {
    ApiId: API,
    IntegrationType: "AWS_PROXY",
    IntegrationUri: uri(name),
    TimeoutInMillis: key === "slow" ? 100 : undefined,
  })
  const target = `integrations/${integration.identity.ref}`
  return [
    integration,
    resource("AWS::ApiGatewayV2::Route", { ApiId: API, RouteKey: key, Target: target, ...more }, `route-${key}`),
    permission(name, `${API}/*${key}`),
  ]
}

beforeAll(async () => {
  world = await gatewayCloud([executeApi(sockets)], () => [
    resource(
      "AWS::ApiGatewayV2::Api",
      { ProtocolType: "WEBSOCKET", Name: "ws", RouteSelectionExpression: "$request.body.action" },
      API,
    ),
    resource("AWS::ApiGatewayV2::Stage", { ApiId: API, StageName: "live" }, "live"),
    resource(
      "AWS::ApiGatewayV2::Authorizer",
      {
        ApiId: API,
        AuthorizerType: "REQUEST",
        AuthorizerUri: uri("authorize"),
        IdentitySource: ["route.request.querystring.ticket"],
      },
      "auth12",
    ),
    permission("authorize", `${API}/authorizers/auth12`),
    ...route("$connect", "connect", { AuthorizationType: "CUSTOM", AuthorizerId: "auth12" }),
    ...route("$disconnect", "disconnect"),
    ...route("$default", "default"),
    ...route("special", "special"),
    ...route("slow", "slow"),
    ...route("echo", "default", { RouteResponseSelectionExpression: "$default" }),
    resource("AWS::ApiGatewayV2::RouteResponse", { ApiId: API, RouteId: "route-echo", RouteResponseKey: "$default" }),
    ...route("half", "default", { RouteResponseSelectionExpression: "$default" }),
  ])
  gateway = await startWebSocketApis(world.cloud, {}, sockets)
  url = `${gateway.urls[API]}/live`
  callbacks = new ApiGatewayManagementApiClient({
    region: REGION,
    endpoint: world.cloud.awsUrl,
    credentials: { accessKeyId: "local", secretAccessKey: "x" },
    maxAttempts: 1,
  })
})
afterAll(async () => {
  callbacks.destroy()
  await gateway.stop()
  await world.stop()
})
beforeEach(() => {
  events = { authorize: [], connect: [], disconnect: [], default: [], special: [], slow: [] }
  for (const name of Object.keys(events))
    world.handlers[name] = (event) => {
      events[name]!.push(event)
      return { statusCode: 200 }
    }
  world.handlers.authorize = (event) => {
    events.authorize!.push(event)
    const Effect = event.queryStringParameters.ticket === "good" ? "Allow" : "Deny"
    const policyDocument = {
      Version: "2012-10-17",
      Statement: [{ Action: "execute-api:Invoke", Effect, Resource: event.methodArn }],
    }
    return { principalId: "u1", policyDocument, context: { userId: "u1", role: "admin", n: 1 } }
  }
  world.handlers.slow = () => new Promise(() => {})
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate()
  await until(() => sockets.all().length === 0)
})

const until = async (condition: () => unknown) => {
  for (let i = 0; i < 300 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(condition()).toBeTruthy()
}

/** An open client with its connection id, and everything it received. */
async function open(query = "?ticket=good", headers: Record<string, string> = {}) {
  const before = events.connect!.length
  const client = new WebSocket(url + query, { headers })
  clients.push(client)
  const received: string[] = []
  client.on("message", (data) => received.push(String(data)))
  const closed = new Promise<number>((resolve) => client.once("close", resolve))
  await new Promise<void>((resolve, reject) => client.once("open", resolve).once("error", reject))
  client.on("error", () => undefined)
  const connectionId: string = events.connect![before]!.requestContext.connectionId
  return { client, received, closed, connectionId }
}

/** The status a refused handshake answers. */
const refused = (path: string, base = url): Promise<number> =>
  new Promise((resolve, reject) => {
    const client = new WebSocket(base + path)
    client.once("unexpected-response", (_, response) => resolve(response.statusCode ?? 0))
    client.once("open", () => reject(new Error("opened")))
    client.on("error", () => undefined)
  })

const post = (ConnectionId: string, Data: string | Uint8Array) =>
  callbacks.send(new PostToConnectionCommand({ ConnectionId, Data }))
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "none",
    (error) => [error.name, error.$metadata?.httpStatusCode],
  )

test("a handshake asks the authorizer, then $connect, with the authorizer's context as text", async () => {
  const { connectionId } = await open("?ticket=good", { Origin: "http://127.0.0.1:3000" })
  expect(connectionId).toMatch(/^[\w-]{11,15}=$/)
  expect(events.authorize![0]).toMatchObject({
    type: "REQUEST",
    methodArn: METHOD_ARN,
    queryStringParameters: { ticket: "good" },
  })
  expect(Object.entries(events.authorize![0].headers).find(([name]) => name.toLowerCase() === "origin")?.[1]).toBe(
    "http://127.0.0.1:3000",
  )
  expect(events.connect![0].requestContext).toMatchObject({
    routeKey: "$connect",
    eventType: "CONNECT",
    stage: "live",
    apiId: API,
    authorizer: { principalId: "u1", userId: "u1", role: "admin", n: "1" },
  })
})

test("no ticket is 401 without asking anyone, a denied one 403, an unknown stage 403", async () => {
  expect(await refused("")).toBe(401)
  expect(await refused("?ticket=")).toBe(401)
  expect(events.authorize).toHaveLength(0)
  expect(await refused("?ticket=bad")).toBe(403)
  expect(await refused("?ticket=good", `${gateway.urls[API]}/other`)).toBe(403)
  expect([events.connect!.length, sockets.all().length]).toEqual([0, 0])
})

test.each<[string, () => unknown, number]>([
  ["throws Unauthorized", () => Promise.reject(new Error("Unauthorized")), 401],
  ["throws anything else", () => Promise.reject(new Error("x")), 500],
  ["returns no policy", () => ({ principalId: "u" }), 500],
  [
    "allows another route",
    () => ({
      principalId: "u",
      policyDocument: { Statement: [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: `${METHOD_ARN}x` }] },
    }),
    403,
  ],
  [
    "says more than 8 KB",
    () => ({
      principalId: "u",
      policyDocument: { Statement: [{ Action: "*", Effect: "Allow", Resource: "*" }] },
      context: { a: "x".repeat(9_000) },
    }),
    500,
  ],
  [
    "gives an object as context",
    () => ({
      principalId: "u",
      policyDocument: { Statement: [{ Action: "*", Effect: "Allow", Resource: "*" }] },
      context: { a: {} },
    }),
    500,
  ],
])("an authorizer that %s refuses", async (_, handler, status) => {
  world.handlers.authorize = handler
  expect(await refused("?ticket=good")).toBe(status)
})

test("$connect is awaited and may refuse; until it returns the connection answers 410", async () => {
  world.handlers.connect = () => ({ statusCode: 403 })
  expect(await refused("?ticket=good")).toBe(403)
  world.handlers.connect = () => Promise.reject(new Error("x"))
  expect(await refused("?ticket=good")).toBe(502)
  let early: unknown
  world.handlers.connect = async (event) => {
    events.connect!.push(event)
    early = await failure(post(event.requestContext.connectionId, "welcome"))
    return { statusCode: 200 }
  }
  const { connectionId, received } = await open()
  expect(early).toEqual(["GoneException", 410])
  await post(connectionId, "welcome")
  await until(() => received.length === 1)
})

test("the body's action chooses the route; what is not JSON, or names no route, goes to $default", async () => {
  const { client } = await open()
  const bodies = [
    "hello",
    '{"action":"unknown"}',
    '{"action":"$connect"}',
    '{"action":5}',
    "null",
    "[]",
    '{"__proto__":{"action":"special"}}',
    '{"action":"special","x":1}',
  ]
  for (const body of bodies) client.send(body)
  await until(() => events.default!.length === 7 && events.special!.length === 1)
  expect(events.default!.map(({ body }) => body).toSorted()).toEqual(bodies.slice(0, 7).toSorted())
  expect(events.special![0]).toMatchObject({
    body: bodies[7],
    isBase64Encoded: false,
    requestContext: { routeKey: "special", eventType: "MESSAGE", messageDirection: "IN" },
  })
  expect(events.special![0].requestContext.messageId).toBeTruthy()
  expect(events.connect).toHaveLength(1)
})

test("messages of one socket run side by side while the processors have time, however long their functions wait, and a function's result is not sent back", async () => {
  const ends: (() => void)[] = []
  world.handlers.default = async () => {
    await new Promise<void>((resolve) => ends.push(resolve))
    events.default!.push({})
    return { statusCode: 200, body: "unsent" }
  }
  const { client, received } = await open()
  for (let i = 0; i < 18; i++) client.send(`m${i}`)
  await until(() => ends.length === 18)
  for (const end of ends) end()
  await until(() => events.default!.length === 18)
  expect(received).toEqual([])
})

test("a two-way route sends back the body its function returns; without a route response it stays one-way", async () => {
  world.handlers.default = ({ body, requestContext }) => {
    events.default!.push(requestContext.routeKey)
    const { say } = JSON.parse(body)
    return say === undefined ? { statusCode: 200 } : { statusCode: 200, body: say }
  }
  const { client, received } = await open()
  client.send('{"action":"half","say":"unheard"}')
  client.send('{"action":"echo"}')
  await until(() => events.default!.length === 2)
  client.send('{"action":"echo","say":"héllo"}')
  await until(() => received.length > 0)
  expect(received).toEqual(["héllo"])
})

test("a failed or too slow function is told to the client, who stays connected", async () => {
  world.handlers.default = () => Promise.reject(new Error("secret"))
  const { client, received, connectionId } = await open()
  client.send("x")
  await until(() => received.length === 1)
  client.send('{"action":"slow"}')
  await until(() => received.length === 2)
  expect(received.map((text) => JSON.parse(text))).toMatchObject([
    { message: "Internal server error", connectionId },
    { message: "Endpoint request timed out" },
  ])
  expect(client.readyState).toBe(WebSocket.OPEN)
})

/** A message of several frames of at most `frame` bytes. */
function sendInFrames(client: WebSocket, size: number, frame: number): void {
  for (let sent = 0; sent < size; sent += frame) {
    const length = Math.min(frame, size - sent)
    client.send("a".repeat(length), { fin: sent + length >= size })
  }
}

test("a message of 128 KB in frames of 32 KB passes; one byte more of either closes 1009", async () => {
  const exact = await open()
  sendInFrames(exact.client, 128 * 1024, 32 * 1024)
  await until(() => events.default!.length === 1)
  expect(events.default![0].body.length).toBe(128 * 1024)
  const message = await open()
  sendInFrames(message.client, 128 * 1024 + 1, 32 * 1024)
  expect(await message.closed).toBe(1009)
  const frame = await open()
  frame.client.send("a".repeat(32 * 1024 + 1))
  expect(await frame.closed).toBe(1009)
  expect(events.default).toHaveLength(1)
})

test("a binary frame closes 1003 and reaches no function", async () => {
  const { client, closed } = await open()
  client.send(Buffer.from([1, 2, 3]))
  expect(await closed).toBe(1003)
  expect(events.default).toHaveLength(0)
})

test("$disconnect tells how a connection ended", async () => {
  const { client, connectionId } = await open()
  client.close(4001, "enough")
  await until(() => events.disconnect!.length === 1)
  expect(events.disconnect![0].requestContext).toMatchObject({
    connectionId,
    eventType: "DISCONNECT",
    disconnectStatusCode: 4001,
    disconnectReason: "enough",
  })
  expect(await failure(post(connectionId, "x"))).toEqual(["GoneException", 410])
})

/** Seen on AWS: https://github.com/boto/boto3/issues/3789 for DeleteConnection; 1005 and 1001 in events that public projects keep as fixtures. */
test.each<[string, (it: Awaited<ReturnType<typeof open>>) => unknown, number, string]>([
  [
    "DeleteConnection",
    ({ connectionId }) => callbacks.send(new DeleteConnectionCommand({ ConnectionId: connectionId })),
    1000,
    "Connection Closed Normally",
  ],
  ["a client that names no code", ({ client }) => client.close(), 1005, "Client-side close frame status not set"],
  ["a client that closes normally", ({ client }) => client.close(1000), 1000, "Connection Closed Normally"],
  ["a client that goes away", ({ client }) => client.close(1001), 1001, "Going away"],
  ["a client's own code and words", ({ client }) => client.close(4001, "enough"), 4001, "enough"],
  ["a client's own code alone", ({ client }) => client.close(4002), 4002, ""],
  ["a client that is cut off", ({ client }) => client.terminate(), 1006, "Connection Closed Abnormally"],
  ["a reset", ({ connectionId }) => sockets.reset(connectionId), 1006, "Connection Closed Abnormally"],
  ["ten idle minutes", () => world.advance(10 * 60_000 + 1_000), 1001, "Going away"],
  ["two hours", () => world.advance(2 * 60 * 60_000 + 1_000), 1001, "Going away"],
  ["a binary frame", ({ client }) => client.send(Buffer.from([1])), 1003, "Binary frames are not supported"],
  ["a frame above 32 KB", ({ client }) => client.send("a".repeat(32 * 1024 + 1)), 1009, "Frame too large"],
  ["a message above 128 KB", ({ client }) => sendInFrames(client, 128 * 1024 + 1, 32 * 1024), 1009, "Max payload size exceeded"],
])("$disconnect is told of %s", async (_, close, disconnectStatusCode, disconnectReason) => {
  const connection = await open()
  await close(connection)
  await until(() => events.disconnect!.length === 1)
  expect(events.disconnect![0].requestContext).toMatchObject({
    connectionId: connection.connectionId,
    disconnectStatusCode,
    disconnectReason,
  })
})

test("$disconnect is told why this side closed, whatever the client makes of it", async () => {
  const { client, connectionId } = await open()
  await callbacks.send(new DeleteConnectionCommand({ ConnectionId: connectionId }))
  client.terminate()
  await until(() => events.disconnect!.length === 1)
  expect(events.disconnect![0].requestContext).toMatchObject({ disconnectStatusCode: 1000 })
})

test("idle for ten minutes or open for two hours closes a connection, by the cloud's clock", async () => {
  const idle = await open()
  world.advance(9 * 60_000)
  const busy = await open()
  world.advance(61_000)
  expect(await idle.closed).toBe(1001)
  expect(busy.client.readyState).toBe(WebSocket.OPEN)
  for (let minutes = 1; minutes < 119; minutes += 9) {
    await post(busy.connectionId, "still here")
    world.advance(9 * 60_000)
  }
  expect(await busy.closed).toBe(1001)
})

test("@connections posts, describes and deletes; unknown is 410, malformed 400, above 128 KB 413", async () => {
  const { connectionId, received, closed } = await open()
  await post(connectionId, "hello")
  await post(connectionId, new TextEncoder().encode('{"a":"é"}'))
  await until(() => received.length === 2)
  expect(received).toEqual(["hello", '{"a":"é"}'])
  const described = await callbacks.send(new GetConnectionCommand({ ConnectionId: connectionId }))
  expect(described.Identity?.SourceIp).toBe("127.0.0.1")
  expect(described.ConnectedAt).toBeInstanceOf(Date)
  expect(await failure(post("AAAAAAAAAAAAAAA=", "x"))).toEqual(["GoneException", 410])
  expect((await failure(post("nonsense", "x")))[1]).toBe(400)
  expect(await failure(post(connectionId, "a".repeat(128 * 1024 + 1)))).toEqual(["PayloadTooLargeException", 413])
  await post(connectionId, "a".repeat(128 * 1024))
  await callbacks.send(new DeleteConnectionCommand({ ConnectionId: connectionId }))
  expect(await closed).toBe(1000)
  const { access } = world.calls.since(0, 10_000).find(({ operation }) => operation === "PostToConnection")!
  expect(access[0]).toMatchObject({
    action: "execute-api:ManageConnections",
    resource: expect.stringMatching(new RegExp(`^arn:aws:execute-api:${REGION}:${ACCOUNT}:${API}/live/POST/@connections/.+=$`)),
  })
})

test("the API's own address takes @connections too, below the stage", async () => {
  const { connectionId, received } = await open()
  const direct = new ApiGatewayManagementApiClient({
    region: REGION,
    endpoint: url.replace("ws://", "http://"),
    credentials: { accessKeyId: "local", secretAccessKey: "x" },
    maxAttempts: 1,
  })
  await direct.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: "direct" }))
  await until(() => received[0] === "direct")
  expect(await failure(direct.send(new PostToConnectionCommand({ ConnectionId: "AAAAAAAAAAAAAAA=", Data: "x" })))).toEqual([
    "GoneException",
    410,
  ])
  direct.destroy()
})

test("a reader who does not read is closed at 4 MB with a code of its own, and its neighbour gets everything", async () => {
  const before = events.connect!.length
  const { host, pathname } = new URL(url)
  const [hostname = "", port = "0"] = host.split(":")
  const raw = connectTcp(Number(port), hostname)
  raw.on("error", () => undefined)
  raw.write(
    `GET ${pathname}?ticket=good HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
  await until(() => events.connect!.length > before)
  raw.pause()
  const slow: string = events.connect![before]!.requestContext.connectionId
  const neighbour = await open()
  await until(() => sockets.find(slow))
  const data = Buffer.alloc(120 * 1024, 97)
  let [gone, most] = [0, 0]
  for (let i = 0; i < 200 && gone === 0; i++) {
    if ((await failure(post(slow, data))) !== "none") gone = i
    most = Math.max(most, sockets.find(slow)?.socket.bufferedAmount ?? 0)
    if (i % 10 === 0) await post(neighbour.connectionId, `n${i}`)
  }
  expect(gone).toBeGreaterThan(33)
  expect(gone).toBeLessThan(200)
  await until(() => neighbour.received.length === Math.floor(gone / 10) + 1)
  await until(() => events.disconnect!.length === 1)
  expect(most).toBeLessThanOrEqual(4 * 1024 * 1024)
  expect(events.disconnect![0]!.requestContext).toMatchObject({
    disconnectStatusCode: 1008,
    disconnectReason: "Reader is too slow",
  })
  console.log(`a reader who stopped reading: closed 1008 with ${(most / 1024 / 1024).toFixed(2)} MB waiting for it`)
  raw.destroy()
})

test("a blackholed connection takes posts and passes nothing; a reset one ends at once", async () => {
  const dark = await open()
  expect(sockets.blackhole(dark.connectionId)).toBe(true)
  await post(dark.connectionId, "lost")
  dark.client.send("lost")
  const cut = await open()
  expect(sockets.reset(cut.connectionId)).toBe(true)
  expect(await cut.closed).toBe(1006)
  await until(() => events.disconnect!.length === 1)
  expect([dark.received, events.default!.length, sockets.reset("unknown")]).toEqual([[], 0, false])
})

test("two hundred hostile frames close or answer, and a neighbour hears everything", async () => {
  const neighbour = await open()
  const hostile = [
    "{".repeat(10_000),
    "[".repeat(30_000),
    "\0",
    "\ud800",
    '{"__proto__":{"action":"special"}}',
    '{"action":"special","action":"x"}',
    "",
    '{"action":{"toString":1}}',
  ]
  const attackers = await Promise.all(Array.from({ length: 4 }, () => open()))
  for (let i = 0; i < 50; i++) for (const { client } of attackers) client.send(hostile[i % hostile.length]!)
  for (let i = 0; i < 50; i++) await post(neighbour.connectionId, `${i}`)
  await until(() => neighbour.received.length === 50)
  await until(() => events.default!.length === 200)
  expect(attackers.every(({ client }) => client.readyState === WebSocket.OPEN)).toBe(true)
})

test("of 560 handshakes in one second 60 are throttled", async () => {
  const { host, pathname } = new URL(url)
  const [hostname = "", port = "0"] = host.split(":")
  world.advance(5_000)
  world.hold(true)
  const statuses = await Promise.all(
    Array.from(
      { length: 560 },
      () =>
        new Promise<string>((resolve) => {
          const socket = connectTcp(Number(port), hostname, () =>
            socket.write(
              `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
            ),
          )
          socket.once("data", (data) => {
            resolve(data.toString().slice(9, 12))
            socket.destroy()
          })
          socket.once("error", () => resolve("error"))
        }),
    ),
  )
  const count = (status: string) => statuses.filter((it) => it === status).length
  world.hold(false)
  world.advance(5_000)
  expect([count("401"), count("429")]).toEqual([500, 60])
})

test("stop closes every socket at once and calls no function", async () => {
  const own = new Sockets()
  const running = await startWebSocketApis(world.cloud, {}, own)
  const client = new WebSocket(`${running.urls[API]}/live?ticket=good`)
  await new Promise((resolve) => client.once("open", resolve))
  const closed = new Promise((resolve) => client.once("close", resolve))
  await running.stop()
  await closed
  expect(events.disconnect).toHaveLength(0)
})
