import { expect, test } from "vitest"
import type { AwsRequest } from "../service.ts"
import { invokeApi } from "./service.ts"

const api = invokeApi({ registry: {}, runner: {}, async: {} } as unknown as Parameters<typeof invokeApi>[0])
const request = (method: string, path: string, headers: Record<string, string> = {}): AwsRequest => ({
  service: "lambda",
  method,
  url: new URL(path, "http://127.0.0.1"),
  headers,
  body: Buffer.from("{}"),
  caller: { kind: "admin" },
  requestId: "1",
  signal: new AbortController().signal,
})

// https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html
test.each([
  ["GET", "/2025-12-01/durable-executions/arn"],
  ["POST", "/2025-12-01/durable-executions/arn/stop"],
  ["POST", "/2025-12-01/durable-execution-callbacks/1/succeed"],
  ["GET", "/2025-12-01/functions/f/durable-executions"],
])("durable functions are refused by name: %s %s", (method, path) => {
  expect(() => api.authorize(request(method, path), {} as never)).toThrow(
    `NOT_SIMULATED: lambda ${method} ${path}: durable functions are not run here`,
  )
})

test("an invocation that names a durable execution or a tenant is refused by name", async () => {
  const invoke = (headers: Record<string, string>) =>
    api.handle(request("POST", "/2015-03-31/functions/f/invocations", headers), "Invoke", {} as never)
  await expect(invoke({ "x-amz-durable-execution-name": "e" })).rejects.toThrow(
    "NOT_SIMULATED: lambda.Invoke.DurableExecutionName: ",
  )
  await expect(invoke({ "x-amz-tenant-id": "t" })).rejects.toThrow("NOT_SIMULATED: lambda.Invoke.TenantId: ")
})
