import { DescribeRuleCommand } from "@aws-sdk/client-eventbridge"
import { afterAll, beforeAll, expect, test } from "vitest"
import { eventsCloud, ruleNamed } from "../testing.ts"

let c: Awaited<ReturnType<typeof eventsCloud>>
beforeAll(async () => {
  c = await eventsCloud({
    Shop: { type: "AWS::Events::EventBus", properties: { Name: "shop" } },
    Sold: {
      type: "AWS::Events::Rule",
      properties: { Name: "sold", EventBusName: "shop", State: "DISABLED", EventPattern: { source: ["shop"] } },
    },
  })
})
afterAll(() => c?.stop())

test("a rule tells its pattern, state and bus", async () => {
  expect(await c.events.send(new DescribeRuleCommand({ Name: "sold", EventBusName: "shop" }))).toMatchObject({
    Name: "sold",
    Arn: ruleNamed("shop/sold"),
    EventPattern: '{"source":["shop"]}',
    State: "DISABLED",
    EventBusName: "shop",
  })
  await expect(c.events.send(new DescribeRuleCommand({ Name: "sold" }))).rejects.toThrow("does not exist on EventBus default")
})
