import type { IncomingMessage, ServerResponse } from "node:http"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { DeleteCommand, documentClient, GetCommand } from "../src/dynamo/index.ts"
import { hashOf } from "../src/signature.ts"
import { type Call, signedCaller } from "../src/signed-call.ts"
import { answering, ENVIRONMENT } from "./answering.ts"

type Answering = (response: ServerResponse, request: IncomingMessage) => void

const fine: Answering = (response) => void response.end("{}")
/** Answers to the next requests; then all is fine. */
let next: Answering[] = []
const world = await answering((response, _asked, request) => (next.shift() ?? fine)(response, request))
let call: ReturnType<typeof signedCaller>

const get = (more: Partial<Call> = {}): Call => ({ method: "GET", path: "/", bodyHash: hashOf(""), timeoutMs: 5_000, ...more })
const cut: Answering = (_response, request) => void request.socket.resetAndDestroy()

beforeAll(() => void Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: world.url }))
beforeEach(() => {
  next = []
  world.asked.length = 0
  call = signedCaller("dynamodb", world.url)
})
afterEach(() => {
  call.destroy()
  vi.useRealTimers()
})
afterAll(async () => {
  for (const name of [...Object.keys(ENVIRONMENT), "AWS_ENDPOINT_URL"]) delete process.env[name]
  await world.stop()
})

test("kept sockets that were closed while the function was frozen are replaced, all of them at once", async () => {
  const old = new Set<object>()
  next = Array.from({ length: 8 }, () => (response, { socket }) => {
    old.add(socket)
    /** Together, so that nobody waits for a free socket. */
    if (old.size === 8) setTimeout(() => waiting.forEach((each) => each.end("{}")))
    waiting.push(response)
  })
  const waiting: ServerResponse[] = []
  await Promise.all(Array.from({ length: 8 }, () => call(get())))
  next = Array.from({ length: 2 }, () => (response, request) => (old.has(request.socket) ? cut : fine)(response, request))
  expect((await call(get())).status).toBe(200)
  expect(world.asked).toHaveLength(10)
})

test("a fresh socket that is cut is an error, and so is a second one in a row", async () => {
  next = [cut]
  await expect(call(get())).rejects.toMatchObject({ code: "ECONNRESET" })
  await call(get())
  next = [cut, cut]
  await expect(call(get())).rejects.toMatchObject({ code: "ECONNRESET" })
})

test("an answer that was cut in its middle is an error, whatever the socket", async () => {
  await call(get())
  next = [
    (response, request) => {
      response.writeHead(200, { "content-length": "100" }).write("{")
      setTimeout(() => request.socket.resetAndDestroy(), 20)
    },
  ]
  await expect(call(get())).rejects.toMatchObject({ code: "ECONNRESET" })
  expect(world.asked).toHaveLength(2)
})

test("a service that does not answer, or not to its end, is left in time; the socket is not used again", async () => {
  next = [() => undefined, (response) => void response.writeHead(200, { "content-length": "100" }).write("{")]
  for (const _ of [1, 2])
    await expect(call(get({ timeoutMs: 60 }))).rejects.toMatchObject({ name: "TimeoutError", message: "No answer within 60 ms." })
  expect((await call(get())).status).toBe(200)
})

test("an address that never takes the connection is left after two seconds", async () => {
  /** Reserved for documentation, so nobody is there; a network that says so at once is as good. */
  const nowhere = signedCaller("dynamodb", "http://192.0.2.1")
  const started = performance.now()
  const error = await nowhere(get()).catch((thrown) => thrown)
  expect(["TimeoutError", "Error"]).toContain(error.name)
  expect(performance.now() - started).toBeLessThan(4_000)
  nowhere.destroy()
})

test("a call that is called off ends at once, before it started, on its way and between attempts", async () => {
  await expect(call(get({ signal: AbortSignal.abort() }))).rejects.toMatchObject({ name: "AbortError" })
  next = [() => undefined]
  await expect(call(get({ signal: AbortSignal.timeout(40) }))).rejects.toMatchObject({ name: "AbortError" })
  const client = documentClient(5_000)
  vi.spyOn(Math, "random").mockReturnValue(1)
  next = Array.from({ length: 4 }, () => (response) => void response.writeHead(429).end("{}"))
  const started = performance.now()
  const sent = client.send(new GetCommand({ TableName: "t", Key: { pk: "a" } }), { abortSignal: AbortSignal.timeout(40) })
  await expect(sent).rejects.toMatchObject({ name: "AbortError" })
  expect(performance.now() - started).toBeLessThan(900)
  vi.restoreAllMocks()
  client.destroy()
})

test("a clock that is wrong is set by the service's, once; a refusal for another reason is not tried again", async () => {
  const client = documentClient(5_000)
  const skewed: Answering = (response) =>
    void response
      .writeHead(403, { date: new Date(Date.now() + 3_600_000).toUTCString() })
      .end(JSON.stringify({ __type: "x#InvalidSignatureException", message: "Signature expired" }))
  const command = new DeleteCommand({ TableName: "t", Key: { pk: "a" } })
  next = [skewed]
  await client.send(command)
  await client.send(command)
  const stamps = world.asked.map(({ headers }) => headers["x-amz-date"] as string)
  const hour = (stamp: string) =>
    Date.parse(stamp.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, "$1-$2-$3T$4:$5:$6Z")) / 3_600_000
  expect(hour(stamps[1]!) - hour(stamps[0]!)).toBeCloseTo(1, 2)
  expect(hour(stamps[2]!) - hour(stamps[0]!)).toBeCloseTo(1, 2)
  world.asked.length = 0
  const wrongKey: Answering = (response) =>
    void response
      .writeHead(403, { date: new Date(Date.now() + 3_600_000).toUTCString() })
      .end('{"__type":"SignatureDoesNotMatch"}')
  next = [wrongKey]
  await expect(client.send(command)).rejects.toMatchObject({ name: "SignatureDoesNotMatch" })
  expect(world.asked).toHaveLength(1)
  client.destroy()
})

test("the trace of an invocation goes along, unsigned", async () => {
  process.env._X_AMZN_TRACE_ID = "Root=1-5759e988-bd862e3fe1be46a994272793"
  await call(get())
  delete process.env._X_AMZN_TRACE_ID
  await call(get())
  const [first, second] = world.asked.map(({ headers }) => headers)
  expect(first!["x-amzn-trace-id"]).toBe("Root=1-5759e988-bd862e3fe1be46a994272793")
  expect(first!.authorization).not.toContain("trace")
  expect(second).not.toHaveProperty("x-amzn-trace-id")
})
