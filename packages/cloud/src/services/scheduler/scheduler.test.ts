import { afterEach, expect, test } from "vitest"
import { deliveryCloud, functionNamed, queue, queueNamed } from "../../delivery/testing.ts"
import { scheduler } from "./index.ts"
import { readWhen } from "./when.ts"

const utc = (text: string) => Date.parse(`${text}Z`)
const ROLE = "arn:aws:iam::123456789012:role/clock"
const SCHEDULE = "arn:aws:scheduler:us-east-1:123456789012:schedule/default/tick"

let c: Awaited<ReturnType<typeof deliveryCloud>>
afterEach(() => c?.stop())

async function start(properties: object, target: object = {}, statements: object[] = []) {
  const Statement = [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionNamed("worker") }, ...statements]
  const lines: string[] = []
  c = await deliveryCloud(
    [scheduler()],
    {
      Worker: { type: "AWS::Lambda::Function", properties: { FunctionName: "worker" } },
      Clock: {
        type: "AWS::IAM::Role",
        properties: { RoleName: "clock", Policies: [{ PolicyName: "p", PolicyDocument: { Version: "2012-10-17", Statement } }] },
      },
      ...queue("missed"),
      Tick: {
        type: "AWS::Scheduler::Schedule",
        properties: {
          Name: "tick",
          FlexibleTimeWindow: { Mode: "OFF" },
          Target: { Arn: functionNamed("worker"), RoleArn: ROLE, ...target },
          ...properties,
        },
      },
    },
    { now: () => utc("2030-01-01T00:00:00") },
  )
  c.cloud.log = (_, line) => void lines.push(line)
  return lines
}
async function pass(ms: number) {
  c.cloud.clock.advance(ms)
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
}

test("a function is called as the schedule's role with a notification, once for a time", async () => {
  await start({ ScheduleExpression: "at(2030-01-01T01:00:00)" })
  await pass(3_599_000)
  expect(c.functions.taken).toEqual([])
  await pass(1_000)
  expect(c.functions.taken.map(({ event }) => event)).toEqual([
    {
      version: "0",
      id: expect.any(String),
      "detail-type": "Scheduled Event",
      source: "aws.scheduler",
      account: "123456789012",
      time: "2030-01-01T01:00:00Z",
      region: "us-east-1",
      resources: [SCHEDULE],
      detail: "{}",
    },
  ])
  expect(c.calls.since(0).find(({ operation }) => operation === "Invoke")!.role).toBe(ROLE)
  await pass(24 * 3_600_000)
  expect(c.functions.taken).toHaveLength(1)
})

test("its Input is filled with what Scheduler knows, anew for each attempt", async () => {
  const Input = '{"at":"<aws.scheduler.scheduled-time>","try":<aws.scheduler.attempt-number>,"of":"<aws.scheduler.schedule-arn>"}'
  await start({ ScheduleExpression: "rate(5 minutes)" }, { Input })
  c.functions.state.fails = 1
  await pass(300_000)
  await pass(1_000)
  expect(c.functions.taken.map(({ event }) => event)).toEqual([{ at: "2030-01-01T00:05:00Z", try: 2, of: SCHEDULE }])
})

test("what its role may not call goes to the dead letter with the reason, by the same role", async () => {
  const allow = { Effect: "Allow", Action: "sqs:SendMessage", Resource: queueNamed("missed") }
  const target = { Arn: functionNamed("other"), Input: '{"a":1}', DeadLetterConfig: { Arn: queueNamed("missed") } }
  await start({ ScheduleExpression: "rate(1 minute)" }, target, [allow])
  await pass(60_000)
  const [message] = await c.receive("missed")
  expect(message!.body).toEqual({ a: 1 })
  expect(Object.fromEntries(Object.entries(message!.attributes).map(([name, value]) => [name, value.StringValue]))).toMatchObject(
    {
      SCHEDULE_ARN: SCHEDULE,
      TARGET_ARN: functionNamed("other"),
      SCHEDULED_TIME: "2030-01-01T00:01:00Z",
      RETRY_ATTEMPTS: "0",
      ERROR_CODE: "AccessDeniedException",
    },
  )
})

test("a schedule keeps its zone's clock, its start and its end", () => {
  const when = readWhen({
    expression: "cron(0 9 * * ? *)",
    zone: "Europe/Vienna",
    createdAt: 0,
    startAt: utc("2030-07-01T00:00:00"),
    endAt: utc("2030-07-02T12:00:00"),
  })
  const first = when(utc("2030-01-01T00:00:00"))!
  expect(new Date(first).toISOString()).toBe("2030-07-01T07:00:00.000Z")
  expect(new Date(when(first)!).toISOString()).toBe("2030-07-02T07:00:00.000Z")
  expect(when(when(first)!)).toBeUndefined()
  const once = readWhen({ expression: "at(2030-07-01T09:00:00)", zone: "America/New_York", createdAt: 0 })
  expect(new Date(once(0)!).toISOString()).toBe("2030-07-01T13:00:00.000Z")
})

test.each<[object, object, string]>([
  [{ ScheduleExpression: "rate(1 minute)", FlexibleTimeWindow: { Mode: "FLEXIBLE" } }, {}, "Schedule.FlexibleTimeWindow of Tick"],
  [
    { ScheduleExpression: "rate(1 minute)" },
    { Arn: "arn:aws:scheduler:::aws-sdk:ec2:stopInstances" },
    "Schedule.Target.Arn of Tick",
  ],
  [{ ScheduleExpression: "every(1 minute)" }, {}, "NOT_SIMULATED: schedule every(1 minute)"],
  [{ ScheduleExpression: "at(2030-02-30T25:00:00)" }, {}, "there is no such time"],
  [
    { ScheduleExpression: "rate(1 minute)", ScheduleExpressionTimezone: "Mars/Olympus" },
    {},
    "Time zone Mars/Olympus is not known",
  ],
])("what is not simulated is refused by name: %j %j", async (properties, target, message) => {
  await expect(start(properties, target)).rejects.toThrow(message)
})
