import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge"
import { afterAll, beforeAll, expect, test } from "vitest"
import { eventsCloud, PRINCIPAL, queue, queueNamed, ruleNamed } from "../testing.ts"

let c: Awaited<ReturnType<typeof eventsCloud>>
beforeAll(async () => void (c = await eventsCloud(queue("inbox", ruleNamed("mine"), {}, PRINCIPAL))))
afterAll(() => c?.stop())

const put = (more: object) => c.events.send(new PutRuleCommand({ Name: "mine", ...more }))
const send = (DetailType: string) =>
  c.events.send(new PutEventsCommand({ Entries: [{ Source: "shop", DetailType, Detail: "{}" }] }))

test("a rule is made, changed in its place with its targets kept, and disabled", async () => {
  const pattern = (kind: string) => ({ EventPattern: JSON.stringify({ "detail-type": [kind] }) })
  expect((await put(pattern("a"))).RuleArn).toBe(ruleNamed("mine"))
  await c.events.send(new PutTargetsCommand({ Rule: "mine", Targets: [{ Id: "q", Arn: queueNamed("inbox") }] }))
  await send("a")
  await put(pattern("b"))
  await send("a")
  await send("b")
  await put({ ...pattern("b"), State: "DISABLED" })
  await send("b")
  const got = await c.receive("inbox", 2)
  expect(got.map(({ body }) => body["detail-type"]).sort()).toEqual(["a", "b"])
})

test("what is not valid or not simulated is refused by name", async () => {
  await expect(put({})).rejects.toThrow("EventPattern or ScheduleExpression must be specified")
  await expect(put({ EventPattern: '{"a":[{"near":1}]}' })).rejects.toMatchObject({ name: "InvalidEventPatternException" })
  await expect(put({ ScheduleExpression: "at(2030-01-01T00:00:00)" })).rejects.toThrow("NOT_SIMULATED: schedule")
  await expect(put({ EventBusName: "none", EventPattern: '{"a":[1]}' })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  })
})
