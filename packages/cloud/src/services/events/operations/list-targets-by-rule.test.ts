import { ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge"
import { afterAll, beforeAll, expect, test } from "vitest"
import { eventsCloud, queueNamed } from "../testing.ts"

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

test("targets are listed page by page", async () => {
  const list = (input: object) => c.events.send(new ListTargetsByRuleCommand({ Rule: "sold", ...input }))
  const first = await list({ Limit: 1 })
  const second = await list({ Limit: 1, NextToken: first.NextToken })
  expect([first.Targets, second.Targets, second.NextToken]).toEqual([[Targets[0]], [Targets[1]], undefined])
  await expect(list({ Limit: 0 })).rejects.toThrow("Limit is a number from 1 to 100")
})
