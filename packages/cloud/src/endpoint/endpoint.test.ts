import { connect as connectHttp2 } from "node:http2"
import { request as httpRequest } from "node:http"
import { KinesisClient, ListStreamsCommand } from "@aws-sdk/client-kinesis"
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts"
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb"
import { afterAll, beforeAll, expect, test } from "vitest"
import { traceOf } from "../delivery/lineage.ts"
import { AwsError, type Service } from "../service.ts"
import { sts } from "../services/sts.ts"
import { createTestCloud } from "./test-cloud.ts"

/** Of the calls that reached a service. */
const signals: AbortSignal[] = []

/** A service whose operations do what their names say. */
const probe = (names: string[], protocol: Service["protocol"] = "json"): Service => ({
  names,
  protocol,
  types: {},
  authorize(request) {
    const operation = request.headers["x-amz-target"]?.split(".")[1] ?? request.url.pathname
    if (operation.startsWith("Public") || operation.includes("well-known")) return { operation, access: [] }
    return {
      operation,
      access: [{ action: `${names[0]}:${operation}`, resource: `arn:aws:${names[0]}:us-east-1:123456789012:thing/one` }],
    }
  },
  async handle(request, operation) {
    signals.push(request.signal)
    if (operation === "Wait") await new Promise((resolve) => request.signal.addEventListener("abort", resolve))
    if (operation === "Fail") throw new AwsError("OddException", "odd", 400, { Reason: "because" })
    if (operation === "Crash") throw new Error("boom")
    const stream = async function* () {
      for (const part of ["one ", "two ", "three"]) yield Buffer.from(part)
    }
    if (operation === "Stream") return { status: 200, body: stream() }
    const body = JSON.stringify({ StreamNames: [], HasMoreStreams: false, size: request.body.length })
    return { status: 200, headers: { "content-type": "application/x-amz-json-1.1" }, body }
  },
})

const allow = (Action: string, Resource = "*") => ({ Effect: "Allow", Action, Resource }) as const
let test_: Awaited<ReturnType<typeof createTestCloud>>

beforeAll(async () => {
  test_ = await createTestCloud({
    services: [probe(["kinesis"]), probe(["cognito-idp"]), sts()],
    functions: {
      reader: [allow("kinesis:*")],
      nobody: [],
      forbidden: [allow("kinesis:*"), { Sid: "NoLists", Effect: "Deny", Action: "kinesis:List*", Resource: "*" }],
    },
    control: async ({ url, body }) => ({ status: 200, body: `${url.pathname} ${body.length}` }),
    origins: () => ["http://127.0.0.1:3000"],
  })
})
afterAll(() => test_.stop())

const kinesisCall = (operation: string, extra: Record<string, string> = {}) => ({
  authorization: "AWS4-HMAC-SHA256 Credential=AKIAADMIN/20250101/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0",
  "content-type": "application/x-amz-json-1.1",
  "x-amz-target": `Kinesis_20131202.${operation}`,
  ...extra,
})
const post = (headers: Record<string, string>, body: BodyInit = "{}", path = "/") =>
  fetch(test_.awsUrl + path, { method: "POST", headers, body })

test("HTTP/1.1 and HTTP/2 without TLS are served on one port", async () => {
  const sts1 = new STSClient(test_.as("reader"))
  expect((await sts1.send(new GetCallerIdentityCommand({}))).Arn).toBe(
    "arn:aws:sts::123456789012:assumed-role/reader-role/reader",
  )
  const kinesis2 = new KinesisClient(test_.as("reader"))
  expect(kinesis2.config.requestHandler.metadata?.handlerProtocol).toBe("h2")
  expect((await kinesis2.send(new ListStreamsCommand({}))).StreamNames).toEqual([])
})

test("the protocol is told apart when the preface arrives byte by byte", async () => {
  const { port } = new URL(test_.awsUrl)
  const { connect } = await import("node:net")
  const socket = connect(Number(port), "127.0.0.1")
  socket.setNoDelay(true)
  const answer = new Promise<string>((resolve) => socket.once("data", (data) => resolve(data.toString())))
  for (const character of "PROPFIND / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n") {
    socket.write(character)
    await new Promise(setImmediate)
  }
  expect(await answer).toMatch(/^HTTP\/1\.1 400/)
  socket.destroy()
})

test("a large body and a streamed answer pass over HTTP/2", async () => {
  const session = connectHttp2(test_.awsUrl)
  const ask = (operation: string, body: Buffer) =>
    new Promise<string>((resolve, reject) => {
      const stream = session.request({ ":method": "POST", ":path": "/", ...kinesisCall(operation) })
      let text = ""
      stream
        .on("data", (data) => (text += data))
        .on("end", () => resolve(text))
        .on("error", reject)
      stream.end(body)
    })
  const padded = Buffer.from(JSON.stringify({ pad: "x".repeat(5_000_000) }))
  expect(JSON.parse(await ask("Send", padded)).size).toBe(padded.length)
  expect(await ask("Stream", Buffer.from("{}"))).toBe("one two three")
  session.close()
})

test("a call learns that its client has gone, and one that was answered is never aborted, over HTTP/1.1 and HTTP/2", async () => {
  const http1 = (operation: string, leave: boolean) =>
    new Promise<void>((resolve) => {
      const headers = kinesisCall(operation)
      const outgoing = httpRequest(test_.awsUrl, { method: "POST", headers }, (incoming) => incoming.resume().on("end", resolve))
      outgoing.on("error", () => resolve()).end("{}")
      if (leave) setTimeout(() => outgoing.destroy(), 50)
    })
  const http2 = (operation: string, leave: boolean) =>
    new Promise<void>((resolve) => {
      const session = connectHttp2(test_.awsUrl)
      const stream = session.request({ ":method": "POST", ":path": "/", ...kinesisCall(operation) })
      stream
        .on("close", () => (session.close(), resolve()))
        .on("error", () => {})
        .resume()
      stream.end("{}")
      if (leave) setTimeout(() => stream.close(8), 50)
    })
  for (const ask of [http1, http2]) {
    signals.length = 0
    await ask("Send", false)
    await ask("Wait", true)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true])
    expect(test_.calls.since(0).at(-1)).toMatchObject({ operation: "Wait", status: 0, error: "aborted" })
  }
})

test("the attempt and the invocation that a client names are in the call log", async () => {
  const id = "0f4b3c2e-1d5a-4e6f-8a7b-9c0d1e2f3a4b"
  test_.calls.invocations.begin(id, { name: "sender" }, "7")
  await post(
    kinesisCall("Send", {
      "amz-sdk-request": "attempt=2; max=3",
      "x-amzn-trace-id": traceOf("Root=1-00000000-000000000000000000000000", "sender", id, 1_700_000_000_000),
    }),
  )
  expect(test_.calls.since(0).at(-1)).toMatchObject({ attempt: 2, invocation: id, version: "7" })
})

test("a role without the action is refused with AWS's sentence, and the call log says so", async () => {
  const error = await new KinesisClient(test_.as("nobody")).send(new ListStreamsCommand({})).catch((thrown) => thrown)
  expect(error.name).toBe("AccessDeniedException")
  expect(error.message).toBe(
    "User: arn:aws:sts::123456789012:assumed-role/nobody-role/nobody is not authorized to perform: kinesis:ListStreams on resource: arn:aws:kinesis:us-east-1:123456789012:thing/one because no identity-based policy allows the kinesis:ListStreams action",
  )
  expect(test_.calls.since(0).at(-1)).toMatchObject({
    caller: "nobody",
    service: "kinesis",
    operation: "ListStreams",
    decision: "implicitDeny",
    status: 400,
    error: "AccessDeniedException",
  })
})

test("an explicit deny says that it is one and names its statement in the call log", async () => {
  const error = await new KinesisClient(test_.as("forbidden")).send(new ListStreamsCommand({})).catch((thrown) => thrown)
  expect(error.message).toContain("with an explicit deny in an identity-based policy")
  expect(test_.calls.since(0).at(-1)!.access[0]).toMatchObject({ decision: "deny", statement: "forbidden-policy#NoLists" })
})

test("what no service answers is refused by name and not tried again", async () => {
  const before = test_.calls.since(0).length
  const error = await new DynamoDBClient(test_.as())
    .send(new DescribeTableCommand({ TableName: "abc" }))
    .catch((thrown) => thrown)
  expect(error.name).toBe("NotSimulatedException")
  expect(error.message).toContain("NOT_SIMULATED: dynamodb.DescribeTable")
  expect(error.$metadata).toMatchObject({ httpStatusCode: 400, attempts: 1 })
  expect(test_.calls.since(0).length).toBe(before + 1)
})

test("service errors keep their name, status and members; crashes become InternalFailure", async () => {
  const odd = await post(kinesisCall("Fail"))
  expect([odd.status, odd.headers.get("x-amzn-errortype")]).toEqual([400, "OddException"])
  expect(await odd.json()).toMatchObject({ __type: "OddException", message: "odd", Reason: "because" })
  expect((await post(kinesisCall("Crash"))).status).toBe(500)
  expect(await (await post(kinesisCall("Send"), "{oops")).json()).toMatchObject({ __type: "SerializationException" })
})

test("a body over 16 MiB is refused with 413", async () => {
  expect((await post(kinesisCall("Send"), Buffer.alloc(16 * 1_048_576 + 1, 32))).status).toBe(413)
})

test("calls in process are authorized and logged like those over the wire", async () => {
  const request = { service: "kinesis", target: "Kinesis_20131202.ListStreams", body: {} }
  expect((await test_.cloud.call(request)).status).toBe(200)
  const denied = await test_.cloud.call({ ...request, as: "nobody" })
  expect([denied.status, denied.json.__type]).toEqual([400, "AccessDeniedException"])
  expect((await test_.cloud.call({ ...request, target: "Kinesis_20131202.Stream" })).body.toString()).toBe("one two three")
  expect(test_.calls.since(0).at(-2)).toMatchObject({ caller: "nobody", decision: "implicitDeny" })
})

test("Cognito is called without a signature, but only for what needs no permission", async () => {
  const call = (operation: string) =>
    post({
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
      origin: "https://anywhere.example",
    })
  const open = await call("PublicSignIn")
  expect([open.status, open.headers.get("access-control-allow-origin")]).toEqual([200, "*"])
  const admin = await call("AdminDeleteUser")
  expect([admin.status, (await admin.json()).__type]).toEqual([400, "MissingAuthenticationTokenException"])
  expect((await fetch(`${test_.awsUrl}/us-east-1_abc/.well-known/jwks.json`)).status).toBe(200)
})

test("browsers of other origins reach Cognito and nothing else", async () => {
  const preflight = (asked: string) =>
    fetch(test_.awsUrl, {
      method: "OPTIONS",
      headers: {
        origin: "https://evil.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": asked,
      },
    })
  expect((await preflight("content-type,x-amz-target")).headers.get("access-control-allow-origin")).toBe("*")
  expect((await preflight("content-type")).status).toBe(403)
  expect((await post(kinesisCall("ListStreams", { origin: "https://evil.example" }))).status).toBe(403)
})

test("the control surface takes loopback hosts and own origins only", async () => {
  const control = (headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      const outgoing = httpRequest(`${test_.awsUrl}/_local/state`, { headers }, (incoming) =>
        resolve(incoming.resume().statusCode!),
      )
      outgoing.on("error", reject).end()
    })
  expect(await control({})).toBe(200)
  expect(await control({ origin: "http://127.0.0.1:3000" })).toBe(200)
  expect(await control({ origin: "http://127.0.0.1:3001" })).toBe(403)
  expect(await control({ origin: "null" })).toBe(403)
  expect(await control({ host: "evil.example" })).toBe(403)
  expect(await control({ host: "127.0.0.1.evil.example" })).toBe(403)
})
