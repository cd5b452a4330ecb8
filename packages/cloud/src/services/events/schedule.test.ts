import { afterEach, expect, test } from "vitest"
import { eventsCloud, functionNamed, permission, PRINCIPAL, ruleNamed } from "./testing.ts"

const utc = (text: string) => Date.parse(`${text}Z`)
const FUNCTION = functionNamed("sweeper")
let c: Awaited<ReturnType<typeof eventsCloud>> | undefined
afterEach(() => c?.stop())

async function rule(properties: object, permitted = true) {
  const lines: string[] = []
  c = await eventsCloud(
    {
      Sweeper: { type: "AWS::Lambda::Function", properties: { FunctionName: "sweeper" } },
      ...(permitted && { Permit: permission("sweeper", ruleNamed("sweep"), PRINCIPAL) }),
      Sweep: { type: "AWS::Events::Rule", properties: { Name: "sweep", ...properties } },
    },
    { now: () => utc("2030-01-01T00:00:00") },
  )
  c.cloud.log = (_, line) => void lines.push(line)
  return { lines, taken: c.functions.taken, pass }
}
async function pass(ms: number) {
  c!.cloud.clock.advance(ms)
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
}
const toFunction = (more: object = {}) => ({ Targets: [{ Id: "t", Arn: FUNCTION, ...more }] })

test("a rate fires at every interval after the rule was made, with the event AWS sends", async () => {
  const { taken, pass } = await rule({ ScheduleExpression: "rate(15 minutes)", ...toFunction() })
  await pass(14 * 60_000)
  expect(taken).toHaveLength(0)
  await pass(60_000)
  expect(taken).toEqual([
    {
      function: FUNCTION,
      event: {
        version: "0",
        id: expect.any(String),
        "detail-type": "Scheduled Event",
        source: "aws.events",
        account: "123456789012",
        region: "us-east-1",
        time: "2030-01-01T00:15:00Z",
        resources: [ruleNamed("sweep")],
        detail: {},
      },
    },
  ])
  await pass(15 * 60_000)
  expect(taken).toHaveLength(2)
})

test("a clock that jumps over many times fires once and goes on from there", async () => {
  const { taken, pass } = await rule({ ScheduleExpression: "rate(1 minute)", ...toFunction({ Input: '{"a":1}' }) })
  await pass(24 * 3_600_000)
  expect(taken.map(({ event }) => event)).toEqual([{ a: 1 }])
  await pass(60_000)
  expect(taken).toHaveLength(2)
})

test("without a permission nothing is invoked and the log says what is missing", async () => {
  const { taken, lines, pass } = await rule({ ScheduleExpression: "rate(1 minute)", ...toFunction() }, false)
  await pass(60_000)
  expect(taken).toEqual([])
  expect(lines[0]).toContain("lambda:InvokeFunction")
  expect(lines[0]).toContain("give the target a DeadLetterConfig")
})

test("a disabled rule stays silent; unknown schedules and targets are refused by name", async () => {
  const { taken, pass } = await rule({ ScheduleExpression: "rate(1 minute)", State: "DISABLED", ...toFunction() })
  await pass(3_600_000)
  expect(taken).toEqual([])
  const refused: [object, string][] = [
    [{ ScheduleExpression: "at(2030-01-01T00:00:00)" }, "NOT_SIMULATED"],
    [{ ScheduleExpression: "cron(0 10 L * ? *)" }, "NOT_SIMULATED"],
    [{ ScheduleExpression: "rate(1 day)", ...toFunction({ BatchParameters: {} }) }, "Targets.BatchParameters"],
    [{ ScheduleExpression: "rate(1 day)", Targets: [{ Id: "t", Arn: "arn:aws:ecs:us-east-1:1:cluster/c" }] }, "Targets.Arn"],
    [{ ScheduleExpression: "rate(1 day)", ...toFunction({ InputPath: "$..x" }) }, "JSON path $..x"],
    [{ EventPattern: { source: [{ near: "a" }] } }, "Unrecognized match type near"],
    [{}, "neither an EventPattern nor a ScheduleExpression"],
  ]
  for (const [properties, message] of refused) {
    await c!.stop()
    await expect(rule(properties)).rejects.toThrow(message)
  }
})
