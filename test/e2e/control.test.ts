import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient, ListShardsCommand } from "@aws-sdk/client-kinesis"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { WebSocket } from "ws"
import type { Product } from "../../packages/start/src/product.ts"
import { until } from "./product.ts"
import { clientOf, startHere } from "./support/cloud.ts"

const MINUTE = 60_000
let local: Product

beforeAll(async () => {
  local = await startHere()
})
afterAll(() => local?.stop())

async function control(method: string, path: string, body?: unknown): Promise<any> {
  const response = await fetch(`${local.addresses.aws}/_local/${path}`, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} /_local/${path} answered ${response.status}: ${text}`)
  return text ? JSON.parse(text) : undefined
}
const advance = (advanceMs: number) => control("POST", "clock", { advanceMs })
const position = (): number => local.cloud.calls.since(0, 100_000).at(-1)!.n
const callsAfter = async (n: number, query: string): Promise<any[]> =>
  (await control("GET", `calls?since=${n}&limit=5000&${query}`)).items

const request = (path: string, token: string, body?: unknown) =>
  fetch(`${local.addresses.http}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  })

async function ticket(): Promise<{ url: string; expiresAt: number }> {
  const response = await request("/realtime/ticket", await local.token(), {})
  expect(response.status).toBe(200)
  const { ticket: text, url, expiresAt } = (await response.json()) as { ticket: string; url: string; expiresAt: number }
  return { url: `${url}?ticket=${text}`, expiresAt }
}

/** Opens a socket, or tells the status of the refusal. */
const connect = (url: string) =>
  new Promise<{ status: number; socket: WebSocket; closed: Promise<number> }>((resolve) => {
    const socket = new WebSocket(url)
    const closed = new Promise<number>((ended) => socket.once("close", ended))
    socket.once("open", () => resolve({ status: 101, socket, closed }))
    socket.once("unexpected-response", (_, response) => resolve({ status: response.statusCode ?? 0, socket, closed }))
    socket.on("error", () => undefined)
  })

describe("the clock", () => {
  it("is the functions' own: a ticket ends 30 s after the cloud's now, and is refused then", async () => {
    await advance(5 * MINUTE)
    const { url, expiresAt } = await ticket()
    expect(Math.abs(expiresAt - local.cloud.now() - 30_000)).toBeLessThan(5_000)
    await advance(31_000)
    expect((await connect(url)).status).toBe(403)
    const fresh = await connect((await ticket()).url)
    expect(fresh.status).toBe(101)
    fresh.socket.close()
    await fresh.closed
  })

  it("ends access tokens", async () => {
    const token = await local.token()
    expect((await request("/me", token)).status).toBe(200)
    await advance(70 * MINUTE)
    const late = await request("/me", token)
    expect([late.status, late.headers.get("www-authenticate")]).toEqual([401, expect.stringContaining("expired")])
    expect((await request("/me", await local.token())).status).toBe(200)
  })

  it("closes idle sockets after ten minutes and busy ones after two hours", async () => {
    const idle = await connect((await ticket()).url)
    const busy = await connect((await ticket()).url)
    let acks = 0
    busy.socket.on("message", () => acks++)
    for (let nines = 0; nines < 13; nines++) {
      // Whoever does not renew the token is cut when it ends.
      busy.socket.send(JSON.stringify({ action: "auth.refresh", id: `p${nines}`, token: await local.token() }))
      await until("the new token is taken", async () => acks > nines)
      await advance(9 * MINUTE)
    }
    expect(await idle.closed).toBe(1001)
    expect(busy.socket.readyState).toBe(WebSocket.OPEN)
    await advance(4 * MINUTE)
    expect(await busy.closed).toBe(1001)
  })

  it("fires schedules", async () => {
    const sweeps = async () => {
      const { items } = await control("GET", "functions")
      return items.find((each: { function: string }) => each.function.includes("ConnectionSweep")).invocations as number
    }
    const before = await sweeps()
    await advance(15 * MINUTE)
    await until("the sweep runs", async () => (await sweeps()) > before)
  })

  it("expires shard iterators after five minutes", async () => {
    const client = new KinesisClient(clientOf(local))
    const StreamName = local.cloud.resources("AWS::Kinesis::Stream")[0]!.identity.ref
    const { Shards } = await client.send(new ListShardsCommand({ StreamName }))
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName, ShardId: Shards![0]!.ShardId, ShardIteratorType: "LATEST" }),
    )
    await client.send(new GetRecordsCommand({ ShardIterator }))
    await advance(5 * MINUTE + 1_000)
    await expect(client.send(new GetRecordsCommand({ ShardIterator }))).rejects.toMatchObject({
      name: "ExpiredIteratorException",
    })
    client.destroy()
  })
})

describe("calls", () => {
  it("belong to the invocation that made them, with its version, and an invocation has a price", async () => {
    const from = position()
    const since = local.cloud.now()
    const { microUsd: before } = await control("GET", "price")
    const answer = await request("/chat", await local.token(), { text: "How many concerts were there in 1950?" })
    expect(answer.status).toBe(200)
    const models = await callsAfter(from, "service=bedrock")
    expect(models.length).toBeGreaterThan(0)
    const { invocation, version, function: name } = models[0]
    expect(invocation).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    const own = await callsAfter(from, `requestId=${invocation}`)
    expect(new Set(own.map((call) => call.function))).toEqual(new Set([name]))
    expect(own.map(({ service }) => service)).toEqual(expect.arrayContaining(["bedrock", "dynamodb"]))
    expect(version).toMatch(/^(\d+|\$LATEST)$/)
    await until(
      "the worker's invocation is over",
      async () => (await control("GET", `price?invocation=${invocation}`)).services.lambda,
    )
    const bill = await control("GET", `price?since=${since}`)
    expect(Object.keys(bill.services)).toEqual(expect.arrayContaining(["apigateway", "bedrock", "dynamodb", "lambda", "sqs"]))
    expect((await control("GET", "price")).microUsd).toBeGreaterThan(before)
    const lines = Object.entries<{ microUsd: number }>(bill.services).map(([service, { microUsd }]) => `${service} ${microUsd}`)
    console.log(`One question: ${bill.microUsd} micro-USD (${lines.join(", ")}); an idle hour: ${bill.idlePerHour.microUsd}`)
  })

  it("reach Kinesis and Bedrock over HTTP/2 through the product's own clients with 200", async () => {
    const from = position()
    const at = local.cloud.now()
    const data = { concertId: "here", venueId: "v", title: "T", date: "2026-06-15" }
    const events = [{ id: "e1", type: "concert.upserted", at, v: 1, data }]
    expect((await request("/events", await local.token(), { events })).status).toBe(202)
    await request("/chat", await local.token(), { text: "hello" })
    const calls = await callsAfter(from, "")
    const statuses = (service: string, operation: string) =>
      calls
        .filter((call) => call.service === service && call.operation === operation && call.function)
        .map(({ status }) => status)
    for (const [service, operation] of [
      ["kinesis", "PutRecords"],
      ["bedrock", "ConverseStream"],
    ] as const) {
      const seen = statuses(service, operation)
      expect([service, seen.length > 0, new Set(seen)]).toEqual([service, true, new Set([200])])
    }
  })
})

describe("faults", () => {
  it("hit the chosen function, whose client repeats its call", async () => {
    const token = await local.token()
    await request("/me", token)
    const from = position()
    const [{ id }] = (
      await control("POST", "faults", [{ service: "dynamodb", match: { function: "MeGet" }, kind: "throttle", times: 2 }])
    ).items
    expect((await request("/me", token)).status).toBe(200)
    expect((await request("/health", token)).status).toBe(200)
    const hit = await callsAfter(from, "service=dynamodb&function=MeGet")
    expect(hit.slice(0, 3).map(({ attempt, fault, status }) => [attempt, fault, status])).toEqual([
      [1, "throttle", 400],
      [2, "throttle", 400],
      [3, undefined, 200],
    ])
    expect((await control("GET", "faults")).items).toMatchObject([{ id, hits: 2 }])
    await control("DELETE", `faults/${id}`)
  })
})
