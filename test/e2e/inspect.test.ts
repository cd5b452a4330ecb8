import { afterAll, beforeAll, expect, test } from "vitest"
import { DebuggerClient } from "../../packages/cloud/test/lambda/debugger-client.ts"
import { type Product, start, until } from "./product.ts"

let product: Product
let client: DebuggerClient
beforeAll(async () => {
  product = await start("--quiet-data", "--inspect=127.0.0.1:0", "--logs=Health")
  const url = await until("the debugger listens", async () => /ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/.exec(product.said())?.[0])
  client = await DebuggerClient.connect(url)
})
afterAll(async () => {
  client?.close()
  await product?.stop()
})

test("a breakpoint in a source of the functions stops a request, which is answered when it goes on", async () => {
  const health = () => fetch(`${product.http}/health`)
  expect((await health()).status).toBe(200)
  const { file } = await client.breakAt("functions/src/http/handler.ts", "const requestId = event.requestContext.requestId")
  expect(file).toBe(`${process.cwd()}/packages/functions/src/http/handler.ts`)
  const stopped = client.paused()
  const answer = health()
  const { session } = await stopped
  await client.resume(session)
  expect((await answer).status).toBe(200)
})

test("--logs shows what the named functions did, one line an invocation", () => {
  expect(product.said()).toMatch(/\d\d:\d\d:\d\d {2}Health +[0-9a-f]{8} {2}done +[\d.]+ ms · \d+ of 512 MB/)
  expect(product.said()).not.toContain("START RequestId")
  expect(product.said()).not.toContain("\u001b[")
})
