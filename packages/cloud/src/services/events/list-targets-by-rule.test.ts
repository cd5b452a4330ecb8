import { ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge"
import { afterAll, beforeAll, expect, test } from "vitest"
import { eventsCloud, queueNamed } from "./testing.ts"

const Targets = [
  { Id: "a", Arn: queueNamed("a"), Input: "{}" },
  { Id: "b", Arn: queueNamed("b"), RetryPolicy: { MaximumRetryAttempts: 3 } },
]
let c: Awaited<ReturnType<typeof eventsCloud>>
beforeAll(async () => {
  c = await eventsCloud({
    Sold: { type: "AWS::Events::Rule", properties: { Name: "sold", EventPattern: { source: ["shop"] }, Targets } },
  })
})
afterAll(() => c?.stop())

test("targets are listed as they were given", async () => {
  expect((await c.events.send(new ListTargetsByRuleCommand({ Rule: "sold" }))).Targets).toEqual(Targets)
})
