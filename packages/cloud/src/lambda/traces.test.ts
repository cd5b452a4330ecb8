import { beforeEach, expect, test } from "vitest"
import type { FunctionSpec } from "./function.ts"
import { fakeCloud, type FakeCloud } from "./testing/fake-cloud.ts"
import { TraceSink } from "./traces.ts"

const spec = { name: "job", arn: "arn:aws:lambda:us-east-1:111122223333:function:job", traced: true } as FunctionSpec
const AT = Date.UTC(2030, 0, 1)
let cloud: FakeCloud
let sink: TraceSink
let sent: { operation: string; body: any; as: unknown }[]

beforeEach(() => {
  cloud = fakeCloud({ now: AT })
  sink = new TraceSink(() => cloud)
  sent = []
  cloud.call = async ({ path, body, as }) => {
    sent.push({ operation: path!, body, as })
    return { status: 200, headers: {}, body: Buffer.alloc(0), json: {} }
  }
})
const invoked = (n: number, at = AT) =>
  sink.add(spec, { requestId: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`, at, durationMs: 5, failed: n === 0 })

test("the first invocation of each second and one of twenty others are traced, as the function", async () => {
  for (let n = 0; n < 45; n++) invoked(n)
  invoked(45, AT + 1_000)
  await sink.flush()
  const [segments, telemetry] = sent
  expect(sent.map(({ operation, as }) => [operation, as])).toEqual([
    ["/TraceSegments", "job"],
    ["/TelemetryRecords", "job"],
  ])
  const documents = segments!.body.TraceSegmentDocuments.map((text: string) => JSON.parse(text))
  expect(documents.map(({ aws }: any) => Number(aws.request_id.slice(-12)))).toEqual([0, 20, 40, 45])
  expect(documents[0]).toMatchObject({
    trace_id: "1-70dbd880-000000000000400080000000",
    id: "8000000000000000",
    start_time: AT / 1000,
    fault: true,
  })
  expect(documents[1]).not.toHaveProperty("fault")
  expect(telemetry!.body.TelemetryRecords).toEqual([expect.objectContaining({ SegmentsReceivedCount: 4, SegmentsSentCount: 4 })])
})

test("a function without active tracing writes nothing, and one that X-Ray refuses tries once", async () => {
  sink.add({ ...spec, traced: false }, { requestId: "a", at: AT, durationMs: 1, failed: false })
  await sink.flush()
  expect(sent).toEqual([])
  cloud.call = async () => (sent.push({} as never), { status: 403, headers: {}, body: Buffer.alloc(0), json: { message: "no" } })
  invoked(0)
  await sink.flush()
  invoked(1, AT + 1_000)
  await sink.flush()
  expect(sent).toHaveLength(1)
  expect(cloud.lines.map(({ line }) => line)).toEqual(["job writes no traces: X-Ray answered no"])
})

test("traces of a function that is gone are lost with a word, and those of others go on", async () => {
  const { call } = cloud
  cloud.call = async (parts) => {
    if (parts.as === "job") throw new Error("No credentials are registered for function job.")
    return call(parts)
  }
  invoked(0)
  sink.add(
    { ...spec, name: "other" },
    { requestId: "00000000-0000-4000-8000-000000000009", at: AT, durationMs: 1, failed: false },
  )
  await sink.flush()
  expect(sent.map(({ as }) => as)).toEqual(["other", "other"])
  expect(cloud.lines.map(({ line }) => line)).toEqual([
    "job: its last traces are lost. No credentials are registered for function job.",
  ])
})
