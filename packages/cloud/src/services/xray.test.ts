import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestCloud } from "../endpoint/test-cloud.ts"
import { xray } from "./xray.ts"

const service = xray()
let world: Awaited<ReturnType<typeof createTestCloud>>
beforeAll(async () => {
  const traced = [{ Effect: "Allow", Action: "xray:PutTraceSegments", Resource: "*" }] as const
  world = await createTestCloud({ services: [service], functions: { traced, silent: [] } })
})
afterAll(() => world.stop())

const segment = { name: "f", id: "70de5b6f19ff9a0a", trace_id: "1-581cf771-a006649127e371903a2de979", start_time: 1, end_time: 2 }
const put = (as: string, ...documents: unknown[]) =>
  world.cloud.call({
    service: "xray",
    path: "/TraceSegments",
    body: { TraceSegmentDocuments: documents.map((each) => (typeof each === "string" ? each : JSON.stringify(each))) },
    as,
  })

test("segments are taken from who may write them, and what is no segment is given back", async () => {
  expect((await put("traced", segment)).json).toEqual({ UnprocessedTraceSegments: [] })
  const { json } = await put("traced", "{", { ...segment, id: "x" }, { ...segment, trace_id: "1-2-3" }, segment)
  expect(json.UnprocessedTraceSegments.map(({ ErrorCode }: { ErrorCode: string }) => ErrorCode)).toEqual([
    "ParseError",
    "MissingId",
    "InvalidTraceId",
  ])
  expect(service.state!()).toMatchObject({ segments: 2, unprocessed: 3 })
  const refused = await put("silent", segment)
  expect([refused.status, refused.json.message]).toEqual([
    403,
    expect.stringContaining("because no identity-based policy allows the xray:PutTraceSegments action"),
  ])
})

test("what the local cloud cannot trace is refused by name", async () => {
  const { status, json } = await world.cloud.call({ service: "xray", path: "/TraceSummaries", body: {} })
  expect([status, json.message]).toEqual([400, expect.stringContaining("NOT_SIMULATED: xray.POST /TraceSummaries")])
})
