import inspector from "node:inspector"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, expect, test } from "vitest"
import { world, type World } from "../../src/lambda/testing/functions.ts"
import { DebuggerClient } from "./debugger-client.ts"

let w: World
let client: DebuggerClient

const HANDLER = `
export const handler = async (event, context) => {
  const before = context.getRemainingTimeInMillis()
  const doubled = event.n * 2
  return { doubled, before, after: context.getRemainingTimeInMillis() }
}
export const busy = async () => { const end = Date.now() + 5_000; while (Date.now() < end); }
`

beforeAll(async () => {
  inspector.open(0, "127.0.0.1")
  w = await world({ handler: HANDLER, busy: `export { busy as handler } from "./handler.ts"` })
  for (const name of ["handler", "busy"]) await w.declare(name, { Timeout: 1 })
  client = await DebuggerClient.connect(inspector.url()!)
})
afterAll(async () => {
  client?.close()
  await w?.stop()
})

test("a breakpoint in a handler's source stops it, frozen workers too, and its time-out waits until it goes on", async () => {
  await w.lambda.invoke("handler", { n: 1 })
  const { line } = await client.breakAt("handler.ts", "event.n * 2")
  expect(line).toBe(4)
  const stopped = client.paused()
  const answer = w.lambda.invoke("handler", { n: 21 })
  const { session, functionName } = await stopped
  expect(functionName).toBe("handler")
  await sleep(1_600)
  await client.resume(session)
  const { payload, error } = await answer
  expect(error).toBeUndefined()
  expect(payload.doubled).toBe(42)
  expect(payload.before).toBeGreaterThan(800)
  expect(w.lambda.pausedMs!()).toBeGreaterThan(1_500)
  const report = w.cloud.lines.map(({ line }) => line).findLast((each) => each.startsWith("REPORT"))
  expect(Number(/Duration: ([\d.]+) ms/.exec(report!)![1])).toBeLessThan(700)
})

test("what runs without end still times out under the debugger", async () => {
  const { error } = await w.lambda.invoke("busy", {})
  expect(error?.errorMessage).toContain("Task timed out after 1.00 seconds")
})

test("a thread that stands at a breakpoint can be ended", async () => {
  const stopped = client.paused()
  const answer = w.lambda.invoke("handler", { n: 1 })
  await stopped
  expect(w.lambda.kill("handler")).toBeGreaterThan(0)
  expect((await answer).error?.errorType).toBe("Runtime.ExitError")
})
