import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi"
import { afterAll, afterEach, beforeAll, expect, test } from "vitest"
import { WebSocket } from "ws"
import { executeApi } from "../src/gateway/connections.ts"
import type { Gateway } from "../src/gateway/gateway.ts"
import { Sockets } from "../src/gateway/sockets.ts"
import { startWebSocketApis } from "../src/gateway/websocket-api.ts"
import { functionArn, type GatewayCloud, gatewayCloud, permission, REGION, resource } from "./support/gateway-cloud.ts"

/*
 * The limits of WebSocket APIs that cannot be raised, and the answers of @connections, through real clients:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
const API = "wsapi12345"
const KB = 1024
const sockets = new Sockets()
const clients: WebSocket[] = []
let world: GatewayCloud
let gateway: Gateway
let callbacks: ApiGatewayManagementApiClient
let bodies: string[] = []
let lastId = ""

const route = (key: string, name: string) => {
  const integration = resource("AWS::ApiGatewayV2::Integration", {
    ApiId: API,
    IntegrationType: "AWS_PROXY",
    IntegrationUri: `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${functionArn(name)}/invocations`,
  })
  const Target = `integrations/${integration.identity.ref}`
  return [
    integration,
    resource("AWS::ApiGatewayV2::Route", { ApiId: API, RouteKey: key, Target }),
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
    ...route("$connect", "connect"),
    ...route("$default", "default"),
    ...route("slow", "slow"),
  ])
  world.handlers.connect = (event) => {
    lastId = event.requestContext.connectionId
    return { statusCode: event.queryStringParameters?.deny ? 403 : 200 }
  }
  world.handlers.default = (event) => {
    bodies.push(event.body)
    return { statusCode: 200 }
  }
  world.handlers.slow = () => new Promise(() => {})
  gateway = await startWebSocketApis(world.cloud, {}, sockets)
  const credentials = { accessKeyId: "local", secretAccessKey: "x" }
  callbacks = new ApiGatewayManagementApiClient({ region: REGION, endpoint: world.cloud.awsUrl, credentials, maxAttempts: 1 })
})
afterAll(async () => {
  callbacks.destroy()
  await gateway.stop()
  await world.stop()
})
afterEach(async () => {
  bodies = []
  for (const client of clients.splice(0)) client.terminate()
  await until(() => sockets.all().length === 0)
})

async function until(condition: () => unknown) {
  for (let tries = 0; tries < 300 && !condition(); tries++) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(condition()).toBeTruthy()
}

async function open() {
  const client = new WebSocket(`${gateway.urls[API]}/live`)
  clients.push(client)
  const received: string[] = []
  client.on("message", (data) => received.push(String(data)))
  const closed = new Promise<number>((resolve) => client.once("close", resolve))
  await new Promise((resolve, reject) => client.once("open", resolve).once("error", reject))
  client.on("error", () => undefined)
  return { client, closed, received, connectionId: lastId }
}

const post = (ConnectionId: string, Data: string) =>
  callbacks.send(new PostToConnectionCommand({ ConnectionId, Data })).then(
    () => 200,
    (error) => error.$metadata.httpStatusCode as number,
  )

const refused = (query: string) =>
  new Promise<number>((resolve) => {
    const client = new WebSocket(`${gateway.urls[API]}/live${query}`)
    client.once("unexpected-response", (_, response) => resolve(response.statusCode ?? 0))
    client.on("error", () => undefined)
  })

/** Sends one message of `size` bytes in frames of at most `frame`. */
function sendInFrames(client: WebSocket, size: number, frame: number): void {
  for (let sent = 0; sent < size; sent += frame)
    client.send("a".repeat(Math.min(frame, size - sent)), { fin: sent + frame >= size })
}

const LIMITS: Record<string, () => Promise<void>> = {
  async "10 minutes without a message close a connection"() {
    const { closed, client } = await open()
    world.advance(599_000)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(client.readyState).toBe(WebSocket.OPEN)
    world.advance(1_000)
    expect(await closed).toBe(1001)
  },
  async "two hours close a connection however busy it is"() {
    const { closed, connectionId } = await open()
    for (let minutes = 0; minutes < 117; minutes += 9) {
      expect(await post(connectionId, "still here")).toBe(200)
      world.advance(9 * 60_000)
    }
    expect(await post(connectionId, "still here")).toBe(200)
    world.advance(3 * 60_000)
    expect(await closed).toBe(1001)
  },
  async "a frame above 32 KB closes 1009"() {
    const exact = await open()
    exact.client.send("a".repeat(32 * KB))
    await until(() => bodies.length === 1)
    const { client, closed } = await open()
    client.send("a".repeat(32 * KB + 1))
    expect(await closed).toBe(1009)
    expect(bodies).toHaveLength(1)
  },
  async "$connect is awaited and may deny with 403"() {
    expect(await refused("?deny=1")).toBe(403)
    expect(sockets.all()).toEqual([])
  },
  async "a connection that has gone is 410"() {
    const { client, closed, connectionId } = await open()
    client.close()
    await closed
    await until(() => sockets.all().length === 0)
    expect(await post(connectionId, "x")).toBe(410)
  },
  async "a malformed connection id is 400"() {
    for (const id of ["nonsense", "a b", "AAAA=", "AAAAAAAAAAAAAAAA"]) expect([id, await post(id, "x")]).toEqual([id, 400])
  },
  async "an integration has 29 seconds"() {
    const { client, received, connectionId } = await open()
    client.send('{"action":"slow"}')
    await until(() => sockets.find(connectionId)!.lastActiveAt >= sockets.find(connectionId)!.connectedAt)
    await new Promise((resolve) => setTimeout(resolve, 50))
    world.advance(28_500)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(received).toEqual([])
    world.advance(500)
    await until(() => received.length === 1)
    expect(JSON.parse(received[0]!)).toMatchObject({ message: "Endpoint request timed out", connectionId })
    expect(client.readyState).toBe(WebSocket.OPEN)
  },
  async "what is not JSON goes to $default"() {
    const { client } = await open()
    for (const body of ["hello", "{", "null", "5"]) client.send(body)
    await until(() => bodies.length === 4)
    expect(bodies.toSorted()).toEqual(["5", "hello", "null", "{"])
  },
  async "a message above 128 KB closes 1009, and posting one is 413"() {
    const exact = await open()
    sendInFrames(exact.client, 128 * KB, 32 * KB)
    await until(() => bodies.length === 1)
    expect(await post(exact.connectionId, "a".repeat(128 * KB))).toBe(200)
    expect(await post(exact.connectionId, "a".repeat(128 * KB + 1))).toBe(413)
    const { client, closed } = await open()
    sendInFrames(client, 128 * KB + 1, 32 * KB)
    expect(await closed).toBe(1009)
    expect(bodies).toHaveLength(1)
  },
}

let kept = 0
test.each(Object.entries(LIMITS))("%s", async (_, holds) => {
  await holds()
  kept++
})
afterAll(() => console.log(`WebSocket limits as documented: ${kept} of ${Object.keys(LIMITS).length}`))

test("messages and connection minutes are charged", async () => {
  const lines = () => world.calls.ledger.all().services.apigateway?.items ?? {}
  const before = { messages: lines().message?.quantity ?? 0, minutes: lines().connectionMinute?.quantity ?? 0 }
  const { client, closed, connectionId } = await open()
  client.send("a".repeat(1 * KB))
  await until(() => bodies.length === 1)
  await post(connectionId, "x".repeat(33 * KB))
  world.advance(90_000)
  client.close()
  await closed
  await until(() => sockets.all().length === 0)
  // One in; one out of two units; a started second minute.
  expect([lines().message!.quantity - before.messages, lines().connectionMinute!.quantity - before.minutes]).toEqual([3, 2])
})

test("a socket may be reset or swallowed by the control surface", async () => {
  const reset = await open()
  expect(sockets.reset(reset.connectionId)).toBe(true)
  expect(await reset.closed).toBe(1006)
  const dark = await open()
  expect(sockets.blackhole(dark.connectionId)).toBe(true)
  expect(await post(dark.connectionId, "lost")).toBe(200)
  dark.client.send("lost too")
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect([dark.received, bodies, dark.client.readyState]).toEqual([[], [], WebSocket.OPEN])
})

test("a socket with a thousand messages waiting is read no further, and takes the rest when they are done", async () => {
  let letGo = () => {}
  const held = new Promise<void>((resolve) => (letGo = resolve))
  world.handlers.default = async (event) => {
    await held
    bodies.push(event.body.split(" ")[0])
    return { statusCode: 200 }
  }
  const { client } = await open()
  const count = 1_800
  // Most of what is taken in comes at once; of the rest no network holds so much.
  for (let n = 0; n < count; n++) client.send(`${n} ${"x".repeat(n < 900 ? 10 : 28 * KB)}`)
  const waiting = () => sockets.get(lastId)!.inbox!.waiting
  await until(() => waiting() >= 1_000)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(waiting()).toBeLessThan(1_050)
  expect(client.bufferedAmount).toBeGreaterThan(0)
  letGo()
  await until(() => bodies.length === count)
  expect(bodies.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n))
  expect(client.bufferedAmount).toBe(0)
})
