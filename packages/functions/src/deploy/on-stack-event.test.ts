import { once } from "node:events"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse, Context } from "aws-lambda"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { onStackEvent } from "./on-stack-event.ts"

let server: Server
let url: string
let puts: { method?: string; type?: string; length: number; body: CloudFormationCustomResourceResponse }[] = []
let statuses: number[] = []

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString("utf8")
  puts.push({
    method: request.method,
    type: request.headers["content-type"],
    length: Number(request.headers["content-length"]),
    body: JSON.parse(text),
  })
  response.writeHead(statuses.shift() ?? 200).end()
}

beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/response?Signature=x`
})
afterAll(() => server.close())
beforeEach(() => {
  puts = []
  statuses = []
})

const context = (ms = 60_000): Context => ({ getRemainingTimeInMillis: () => ms }) as Context
const event = (RequestType: "Create" | "Update" | "Delete"): CloudFormationCustomResourceEvent =>
  ({
    RequestType,
    ResponseURL: url,
    StackId: "arn:aws:cloudformation:us-east-1:1:stack/x/1",
    RequestId: "r1",
    LogicalResourceId: "Migrations",
    ResourceType: "Custom::Migrations",
    ServiceToken: "token",
    ResourceProperties: { ServiceToken: "token" },
    ...(RequestType === "Create" ? {} : { PhysicalResourceId: "kept" }),
  }) as CloudFormationCustomResourceEvent

test("create runs the verb and reports success with a physical id of its own", async () => {
  await onStackEvent("mine", async () => ({ Applied: "001" }))(event("Create"), context())
  expect(puts).toHaveLength(1)
  expect(puts[0]).toMatchObject({
    method: "PUT",
    body: {
      Status: "SUCCESS",
      PhysicalResourceId: "mine",
      StackId: event("Create").StackId,
      RequestId: "r1",
      LogicalResourceId: "Migrations",
      Data: { Applied: "001" },
    },
  })
  expect(puts[0]!.type ?? "").toBe("")
  expect(puts[0]!.length).toBeGreaterThan(0)
})

test("update keeps the physical id", async () => {
  await onStackEvent("mine", async () => ({}))(event("Update"), context())
  expect(puts[0]!.body).toMatchObject({ Status: "SUCCESS", PhysicalResourceId: "kept" })
})

test("delete runs nothing and succeeds", async () => {
  await onStackEvent("mine", () => Promise.reject(new Error("must not run")))(event("Delete"), context())
  expect(puts[0]!.body).toMatchObject({ Status: "SUCCESS", PhysicalResourceId: "kept" })
})

test("a failure is answered with its reason, short enough to be taken", async () => {
  await onStackEvent("mine", () => Promise.reject(new Error("x".repeat(10_000))))(event("Create"), context())
  const { body, length } = puts[0]!
  expect(body.Status).toBe("FAILED")
  expect(body.Reason).toContain("xxx")
  expect(length).toBeLessThan(4_096)
})

test("what does not finish in time is answered before the function ends", async () => {
  await onStackEvent("mine", () => new Promise(() => {}))(event("Create"), context(10_050))
  expect(puts[0]!.body).toMatchObject({ Status: "FAILED", Reason: expect.stringContaining("did not finish") })
})

test("an answer that was not taken is given again", async () => {
  statuses = [503, 500]
  await onStackEvent("mine", async () => ({}))(event("Create"), context())
  expect(puts).toHaveLength(3)
})

test("if nobody takes the answer the invocation fails, so that Lambda tries it again", async () => {
  statuses = [503, 503, 503, 503]
  await expect(onStackEvent("mine", async () => ({}))(event("Create"), context())).rejects.toThrow("answered 503")
})
