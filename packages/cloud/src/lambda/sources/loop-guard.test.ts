import { beforeEach, expect, test } from "vitest"
import { fakeCloud, type FakeCloud } from "../testing/fake-cloud.ts"
import { LoopGuard } from "./loop-guard.ts"
import type { PollerParts } from "./poller.ts"

const STREAM = "arn:aws:kinesis:us-east-1:111122223333:stream/s"
const TABLE = "arn:aws:dynamodb:us-east-1:111122223333:table/t"

let cloud: FakeCloud
beforeEach(() => void (cloud = fakeCloud()))

function guard(sourceArn: string): LoopGuard {
  const parts = { cloud, mapping: { sourceArn }, target: { spec: { name: "echo" } }, signal: new AbortController().signal }
  return new LoopGuard(parts as unknown as PollerParts)
}
function write(caller: string, action: string, resource: string): void {
  cloud.calls.add({
    at: 0,
    caller,
    service: "x",
    operation: "x",
    access: [{ action, resource, decision: "allow" }],
    decision: "allow",
    status: 200,
    attempt: 1,
    ms: 0,
    units: {},
    requestId: "r",
  })
}
const isSlow = async (guarded: LoopGuard): Promise<boolean> => {
  let passed = false
  void guarded.pass().then(() => (passed = true))
  await new Promise(setImmediate)
  return !passed
}

test.each([
  [STREAM, "kinesis:PutRecords", STREAM],
  [`${TABLE}/stream/2030-01-01T00:00:00.000`, "dynamodb:UpdateItem", TABLE],
])("a function that alone feeds %s is slowed down, and the log says why", async (source, action, resource) => {
  const guarded = guard(source)
  for (let batch = 0; batch < 99; batch++) {
    write("echo", action, resource)
    expect(await isSlow(guarded)).toBe(false)
  }
  write("echo", action, resource)
  expect(await isSlow(guarded)).toBe(true)
  expect(cloud.lines.map(({ line }) => line)).toEqual([expect.stringContaining("a loop, which AWS does not stop")])
})

test("one that others feed too, or that writes elsewhere, is left alone", async () => {
  const guarded = guard(STREAM)
  for (let batch = 0; batch < 300; batch++) {
    write("echo", "kinesis:PutRecords", batch % 2 === 0 ? STREAM : `${STREAM}-other`)
    if (batch % 50 === 0) write("producer", "kinesis:PutRecord", STREAM)
    expect(await isSlow(guarded)).toBe(false)
  }
  expect(cloud.lines).toEqual([])
})
