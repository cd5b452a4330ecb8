import { ListRulesCommand } from "@aws-sdk/client-eventbridge"
import { afterAll, beforeAll, expect, test } from "vitest"
import { eventsCloud } from "../testing.ts"

let c: Awaited<ReturnType<typeof eventsCloud>>
beforeAll(async () => {
  const rule = (Name: string) => ({ type: "AWS::Events::Rule", properties: { Name, EventPattern: { source: ["shop"] } } })
  c = await eventsCloud({ A: rule("sold-a"), B: rule("sold-b"), C: rule("other") })
})
afterAll(() => c?.stop())

test("rules are listed by prefix and page by page, each once", async () => {
  const list = (input: object) => c.events.send(new ListRulesCommand(input))
  expect((await list({ NamePrefix: "sold-" })).Rules!.map(({ Name }) => Name)).toEqual(["sold-a", "sold-b"])
  const first = await list({ Limit: 2 })
  const second = await list({ Limit: 2, NextToken: first.NextToken })
  expect([...first.Rules!, ...second.Rules!].map(({ Name }) => Name)).toEqual(["sold-a", "sold-b", "other"])
  expect(second.NextToken).toBeUndefined()
  await expect(list({ EventBusName: "none" })).rejects.toMatchObject({ name: "ResourceNotFoundException" })
})

test("a token keeps its prefix, sent alone; with another one, and made up, it is refused", async () => {
  const list = (input: object) => c.events.send(new ListRulesCommand(input))
  const { NextToken } = await list({ NamePrefix: "sold-", Limit: 1 })
  const rest = await list({ NextToken })
  expect([rest.Rules!.map(({ Name }) => Name), rest.NextToken]).toEqual([["sold-b"], undefined])
  await expect(list({ NextToken, NamePrefix: "other" })).rejects.toThrow("another NamePrefix")
  await expect(list({ NextToken: "2" })).rejects.toThrow("Parameter NextToken is not valid")
})
