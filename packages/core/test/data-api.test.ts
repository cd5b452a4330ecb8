import { once } from "node:events"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { query, transaction, withRemaining } from "../src/warehouse/index.ts"

interface Call {
  operation: string
  input: Record<string, any>
}
type Answer = { status?: number; body: Record<string, unknown> } | "cut"

let server: Server
let calls: Call[] = []
/** Answers by operation, used up in order; the last one stays. */
let script: Record<string, Answer[]> = {}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const operation = String(request.headers["x-amz-target"]).replace("RedshiftData.", "")
  calls.push({ operation, input: JSON.parse(Buffer.concat(chunks).toString("utf8")) })
  const answers: Answer[] = script[operation] ?? [{ body: {} }]
  const answer = answers.length > 1 ? answers.shift()! : answers[0]!
  if (answer === "cut") return void response.destroy()
  response.writeHead(answer.status ?? 200, { "content-type": "application/x-amz-json-1.1" })
  response.end(JSON.stringify(answer.body))
}

beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    WAREHOUSE_WORKGROUP: "backline-test",
    WAREHOUSE_DATABASE: "backline",
  })
})
afterAll(() => server.close())
beforeEach(() => {
  calls = []
  script = { GetStatementResult: [{ body: page([[1]]) }] }
})

const page = (rows: number[][], NextToken?: string) => ({
  ColumnMetadata: [{ name: "n", typeName: "int8" }],
  Records: rows.map((row) => row.map((longValue) => ({ longValue }))),
  ...(NextToken ? { NextToken } : {}),
})
const count = (operation: string): number => calls.filter((call) => call.operation === operation).length
const ask = (options = {}) => query("SELECT CAST(1 AS BIGINT) AS n", {}, { n: "integer" }, options)

test("a statement that ends while the server waits is read without asking for its state", async () => {
  script.ExecuteStatement = [{ body: { Id: "q1", Status: "FINISHED" } }]
  expect(await ask()).toEqual({ statementId: "q1", rows: [{ n: 1 }], truncated: false })
  expect(calls.map(({ operation }) => operation)).toEqual(["ExecuteStatement", "GetStatementResult"])
  expect(calls[0]!.input).toMatchObject({ WorkgroupName: "backline-test", Database: "backline", WaitTimeSeconds: 25 })
  expect(calls[0]!.input).not.toHaveProperty("Parameters")
})

test("a service that does not wait is polled", async () => {
  script.ExecuteStatement = [{ body: { Id: "q1" } }]
  script.DescribeStatement = [{ body: { Id: "q1", Status: "STARTED" } }, { body: { Id: "q1", Status: "FINISHED" } }]
  expect((await ask()).rows).toEqual([{ n: 1 }])
  expect(count("DescribeStatement")).toBe(2)
})

test("parameters are sent as text", async () => {
  script.ExecuteStatement = [{ body: { Id: "q1", Status: "FINISHED" } }]
  await query("SELECT 1 AS n WHERE :a = :b", { a: 1, b: "x" }, { n: "integer" })
  expect(calls[0]!.input.Parameters).toEqual([
    { name: "a", value: "1" },
    { name: "b", value: "x" },
  ])
})

test("when time runs out the statement is cancelled and the caller told so", async () => {
  script.ExecuteStatement = [{ body: { Id: "q1", Status: "STARTED" } }]
  script.DescribeStatement = [{ body: { Id: "q1", Status: "STARTED" } }]
  const started = performance.now()
  const remaining = () => 3_600 - (performance.now() - started)
  await expect(withRemaining(remaining, () => ask())).rejects.toMatchObject({
    kind: "unavailable",
    code: "unavailable.query_timeout",
  })
  expect(calls.filter(({ operation }) => operation === "CancelStatement").map(({ input }) => input.Id)).toEqual(["q1"])
  expect(performance.now() - started).toBeLessThan(3_600)
})

test("a load that outlives its function is left running", async () => {
  script.BatchExecuteStatement = [{ body: { Id: "b1", Status: "STARTED" } }]
  script.DescribeStatement = [{ body: { Id: "b1", Status: "STARTED" } }]
  const load = () => transaction(["SELECT 1"], { name: "load-1", clientToken: "load-1", onTimeout: "leave" })
  await expect(withRemaining(() => 3_040, load)).rejects.toMatchObject({ code: "unavailable.query_timeout" })
  expect(count("CancelStatement")).toBe(0)
})

test("a failed statement tells its caller a code and nothing that Redshift said", async () => {
  script.ExecuteStatement = [{ body: { Id: "q1", Status: "FAILED" } }]
  script.DescribeStatement = [
    { body: { Id: "q1", Status: "FAILED", Error: "ERROR: S3 arn:aws:iam::1:role/x at host ip-10-0-0-1" } },
  ]
  const error = await ask().catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ kind: "internal", code: "internal.query_failed" })
  expect((error as Error).message).not.toMatch(/arn|ip-10/)
})

test("an answer that was lost is asked for again as the same statement", async () => {
  script.ExecuteStatement = ["cut", { body: { Id: "q1", Status: "FINISHED" } }]
  expect((await ask()).rows).toEqual([{ n: 1 }])
  const tokens = calls.filter(({ operation }) => operation === "ExecuteStatement").map(({ input }) => input.ClientToken)
  expect(tokens).toHaveLength(2)
  expect(tokens[0]).toBe(tokens[1])
})

test("too many waiting callers: it is submitted without waiting", async () => {
  script.ExecuteStatement = [
    { status: 400, body: { __type: "ActiveWaitingRequestsExceededException", Message: "x" } },
    { body: { Id: "q1", Status: "FINISHED" } },
  ]
  await ask()
  expect(calls.map(({ input }) => input.WaitTimeSeconds)).toEqual([25, undefined, undefined])
})

test("too many statements are a limit with a time to come back, after at most four attempts", async () => {
  script.ExecuteStatement = [{ status: 400, body: { __type: "ActiveStatementsExceededException", Message: "x" } }]
  await expect(ask()).rejects.toMatchObject({ kind: "limit", code: "limit.warehouse", retryAfterMs: 3_000 })
  expect(count("ExecuteStatement")).toBeLessThanOrEqual(4)
})

test("all pages are read, and what is beyond the cap is named", async () => {
  const rows = (n: number) => Array.from({ length: n }, (_, i) => [i])
  script.ExecuteStatement = [{ body: { Id: "q1", Status: "FINISHED" } }]
  script.GetStatementResult = [{ body: page(rows(3_000), "t1") }, { body: page(rows(2_000)) }]
  expect(await ask()).toMatchObject({ truncated: false, rows: { length: 5_000 } })
  script.GetStatementResult = [{ body: page(rows(3_000), "t1") }, { body: page(rows(3_000), "t2") }]
  expect(await ask()).toMatchObject({ truncated: true, rows: { length: 5_000 } })
  script.GetStatementResult = [{ body: page(rows(10)) }]
  expect(await ask({ maxRows: 10 })).toMatchObject({ truncated: false })
  expect(await ask({ maxRows: 9 })).toMatchObject({ truncated: true, rows: { length: 9 } })
})

test("a batch beyond the API's limits is refused before it is sent", async () => {
  await expect(
    transaction(
      Array.from({ length: 41 }, () => "SELECT 1"),
      { name: "x" },
    ),
  ).rejects.toThrow("40 statements")
  await expect(query("SELECT 1", { a: "" }, { n: "integer" })).rejects.toThrow("Parameter a is empty")
  expect(calls).toEqual([])
})
