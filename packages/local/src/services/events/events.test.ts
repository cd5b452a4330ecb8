import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { fakeCloud, type FakeCloud } from "../../lambda/testing/fake-cloud.ts"
import type { Service } from "../../service.ts"
import { nextCron } from "./cron.ts"
import { events } from "./index.ts"
import { readSchedule } from "./schedule.ts"

const RULE = "arn:aws:events:us-east-1:111122223333:rule/sweep"
const FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:sweeper"
const utc = (text: string) => Date.parse(`${text}Z`)

let cloud: FakeCloud
let service: Service
let invoked: { function: string; event: any }[]

beforeEach(async () => {
  vi.useFakeTimers()
  cloud = fakeCloud({ now: utc("2030-01-01T00:00:00") })
  invoked = []
  service = events({ invokeAsync: (function_, event) => (invoked.push({ function: function_, event }), "request") })
  await cloud.use(service)
})
afterEach(async () => {
  await service.stop?.()
  vi.useRealTimers()
})

async function rule(properties: object) {
  const resource = {
    logicalId: "Sweep",
    stack: "s",
    type: "AWS::Events::Rule",
    properties,
    identity: { ref: "sweep", arn: RULE, attributes: {} },
  }
  await service.types["AWS::Events::Rule"]!.provision!(resource, cloud)
}
const permit = () =>
  cloud.add({
    logicalId: "Permit",
    stack: "s",
    type: "AWS::Lambda::Permission",
    properties: { FunctionName: FUNCTION, Principal: "events.amazonaws.com", Action: "lambda:InvokeFunction", SourceArn: RULE },
    identity: { ref: "permit", attributes: {} },
  })
function pass(ms: number) {
  cloud.advance(ms)
  vi.advanceTimersByTime(500)
}

test("a rate fires at every interval after the rule was made, with the event AWS sends", async () => {
  permit()
  await rule({ ScheduleExpression: "rate(15 minutes)", Targets: [{ Id: "t", Arn: FUNCTION }] })
  pass(14 * 60_000)
  expect(invoked).toHaveLength(0)
  pass(60_000)
  expect(invoked).toEqual([
    {
      function: FUNCTION,
      event: expect.objectContaining({
        "detail-type": "Scheduled Event",
        source: "aws.events",
        time: "2030-01-01T00:15:00Z",
        resources: [RULE],
        detail: {},
      }),
    },
  ])
  pass(15 * 60_000)
  expect(invoked).toHaveLength(2)
})

test("a clock that jumps over many times fires once and goes on from there", async () => {
  permit()
  await rule({ ScheduleExpression: "rate(1 minute)", Targets: [{ Id: "t", Arn: FUNCTION, Input: '{"a":1}' }] })
  pass(24 * 3_600_000)
  expect(invoked).toEqual([{ function: FUNCTION, event: { a: 1 } }])
  pass(60_000)
  expect(invoked).toHaveLength(2)
})

test("without a permission nothing is invoked and the log says what is missing", async () => {
  await rule({ ScheduleExpression: "rate(1 minute)", Targets: [{ Id: "t", Arn: FUNCTION }] })
  pass(60_000)
  expect(invoked).toEqual([])
  expect(cloud.lines[0]!.line).toContain("AWS::Lambda::Permission")
})

test("a disabled rule stays silent; unknown schedules and targets are refused by name", async () => {
  permit()
  await rule({ ScheduleExpression: "rate(1 minute)", State: "DISABLED", Targets: [{ Id: "t", Arn: FUNCTION }] })
  pass(3_600_000)
  expect(invoked).toEqual([])
  await expect(rule({ ScheduleExpression: "at(2030-01-01T00:00:00)" })).rejects.toThrow("NOT_SIMULATED")
  await expect(rule({ ScheduleExpression: "cron(0 10 L * ? *)" })).rejects.toThrow("NOT_SIMULATED")
  await expect(
    rule({ ScheduleExpression: "rate(1 day)", Targets: [{ Id: "t", Arn: FUNCTION, InputPath: "$.x" }] }),
  ).rejects.toThrow("InputPath")
})

test("cron expressions name the minutes that AWS's documentation gives for them", () => {
  const from = utc("2030-01-01T00:00:00") // a Tuesday
  const cases: [string, string | undefined][] = [
    ["0 10 * * ? *", "2030-01-01T10:00:00"],
    ["15 12 * * ? *", "2030-01-01T12:15:00"],
    ["0 18 ? * MON-FRI *", "2030-01-01T18:00:00"],
    ["0 8 1 * ? *", "2030-01-01T08:00:00"],
    ["0/15 * * * ? *", "2030-01-01T00:15:00"],
    ["0/5 8-17 ? * MON-FRI *", "2030-01-01T08:00:00"],
    ["30 9 ? * SUN *", "2030-01-06T09:30:00"],
    ["0 0 29 FEB ? *", "2032-02-29T00:00:00"],
    ["0 0 1 1 ? 2029", undefined],
  ]
  for (const [expression, expected] of cases) expect(nextCron(expression, from), expression).toBe(expected && utc(expected))
})

test("a rate counts from the rule's creation, not from the clock's full hour", () => {
  expect(readSchedule("rate(1 hour)")(10_000_000, 9_000_000)).toBe(12_600_000)
})
