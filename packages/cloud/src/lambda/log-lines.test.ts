import { expect, it } from "vitest"
import { functionSpec } from "./function.ts"
import { linesAfter, linesBefore } from "./log-lines.ts"

const AT = Date.UTC(2026, 10, 1)
const ENDED = { durationMs: 12.3456, heapMb: 60, initMs: 100.5, wasKilled: false }
const FAILED = { error: { errorType: "Error", errorMessage: "no", trace: [] } }
const TIMED_OUT = { error: { errorType: "Sandbox.Timedout", errorMessage: "late", trace: [] }, wasKilled: true }

function spec(LoggingConfig?: object) {
  const identity = { ref: "hot", arn: "arn:aws:lambda:us-east-1:000000000000:function:hot" }
  const properties = { Runtime: "nodejs22.x", Handler: "index.handler", Code: { ZipFile: "" }, MemorySize: 512, LoggingConfig }
  return functionSpec({ identity, properties, logicalId: "Hot", stack: "Test" } as never, {})
}
const json = (lines: string[]) => lines.map((line) => JSON.parse(line))

it("writes START, END and REPORT as text unless told", () => {
  expect(linesBefore(spec(), "r1", "$LATEST", AT)).toEqual(["START RequestId: r1 Version: $LATEST"])
  expect(linesAfter(spec(), "r1", ENDED, AT)).toEqual([
    "END RequestId: r1",
    "REPORT RequestId: r1\tDuration: 12.35 ms\tBilled Duration: 113 ms\tMemory Size: 512 MB\tMax Memory Used: 60 MB\tInit Duration: 100.50 ms",
  ])
  expect(linesAfter(spec(), "r1", { ...ENDED, ...TIMED_OUT }, AT)[0]).toBe("Sandbox.Timedout: late")
})

it("writes events where the format is JSON", () => {
  const each = spec({ LogFormat: "JSON" })
  expect(json(linesBefore(each, "r1", "$LATEST", AT))).toEqual([
    { time: "2026-11-01T00:00:00.000Z", type: "platform.start", record: { requestId: "r1", version: "$LATEST" } },
  ])
  expect(json(linesAfter(each, "r1", ENDED, AT))).toEqual([
    {
      time: "2026-11-01T00:00:00.000Z",
      type: "platform.report",
      record: {
        requestId: "r1",
        status: "success",
        metrics: { durationMs: 12.346, billedDurationMs: 113, memorySizeMB: 512, maxMemoryUsedMB: 60, initDurationMs: 100.5 },
      },
    },
  ])
  const detailed = spec({ LogFormat: "JSON", SystemLogLevel: "DEBUG" })
  expect(json(linesAfter(detailed, "r1", ENDED, AT)).map(({ type }) => type)).toEqual(["platform.runtimeDone", "platform.report"])
})

it("at level WARN tells of nothing but what failed", () => {
  const quiet = spec({ LogFormat: "JSON", SystemLogLevel: "WARN" })
  expect([...linesBefore(quiet, "r1", "$LATEST", AT), ...linesAfter(quiet, "r1", ENDED, AT)]).toEqual([])
  for (const [how, status] of [
    [FAILED, "error"],
    [{ ...FAILED, wasKilled: true }, "failure"],
    [TIMED_OUT, "timeout"],
  ] as const) {
    const events = json(linesAfter(quiet, "r1", { ...ENDED, ...how }, AT))
    expect(events.map(({ type }) => type)).toEqual(["platform.runtimeDone", "platform.report"])
    for (const { record } of events) expect(record).toMatchObject({ requestId: "r1", status, errorType: how.error.errorType })
  }
})

it("takes no level without JSON, as Lambda does not", () => {
  expect(() => spec({ SystemLogLevel: "WARN" })).toThrow("give it LogFormat JSON")
})
