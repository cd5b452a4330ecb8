import { expect, test } from "vitest"
import { CallLog } from "./calls.ts"
import { Invocations, spanOf } from "./invocations.ts"
import { Ledger } from "./prices/ledger.ts"

const spec = { name: "f", memoryMb: 1_024 }
const ended = (durationMs: number, error?: { errorType: string; errorMessage: string }) => ({ durationMs, heapMb: 40, error })

test("a function's record has its invocations, failures, cold starts and percentiles by nearest rank", () => {
  const invocations = new Invocations(new Ledger(), () => "arm64")
  for (let ms = 1; ms <= 100; ms++) {
    invocations.begin(`i${ms}`, spec, "1")
    invocations.end(`i${ms}`, spec, ms, ended(ms), ms === 1 ? 250 : undefined)
  }
  for (const errorType of ["Error", "Sandbox.Timedout"]) {
    invocations.begin(errorType, spec, "1")
    invocations.end(errorType, spec, 101, ended(50, { errorType, errorMessage: "no" }))
  }
  invocations.begin("running", spec, "2")
  const busy = () => {
    throw new Error("busy")
  }
  expect(() => invocations.admit("f", busy)).toThrow("busy")
  expect(invocations.list()).toEqual([
    {
      function: "f",
      concurrent: 1,
      invocations: 102,
      errors: 2,
      timeouts: 1,
      throttles: 1,
      coldStarts: 1,
      initMs: 250,
      p50Ms: 50,
      p95Ms: 95,
      maxMemoryMb: 40,
      lastError: { at: 101, requestId: "Sandbox.Timedout", type: "Sandbox.Timedout", message: "no" },
    },
  ])
  expect(invocations.bySpan(spanOf("running"))).toEqual({ id: "running", version: "2" })
})

test("percentiles follow the last 500 durations", () => {
  const invocations = new Invocations(new Ledger(), () => "arm64")
  for (let n = 0; n < 1_500; n++) {
    invocations.begin(`${n}`, spec, "1")
    invocations.end(`${n}`, spec, n, ended(n < 1_000 ? 1_000 : 10))
  }
  expect(invocations.list()[0]).toMatchObject({ invocations: 1_500, p50Ms: 10, p95Ms: 10 })
})

test("an invocation is billed by started milliseconds, its initialization included, for the processor its template names", () => {
  const log = new CallLog()
  const resource = { type: "AWS::Lambda::Function", logicalId: "f", stack: "s", identity: { ref: "f", attributes: {} } }
  log.settle([{ ...resource, properties: { Architectures: ["arm64"] } }])
  log.invocations.begin("i", spec, "1")
  log.invocations.end("i", spec, 5, ended(99.2), 100.1)
  // 200 ms × 1 GB × 13.3334 + 0.2
  expect(log.ledger.all().microUsd).toBe(2.86668)
})
