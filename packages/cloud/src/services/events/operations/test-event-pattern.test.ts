import { TestEventPatternCommand } from "@aws-sdk/client-eventbridge"
import { afterAll, beforeAll, expect, test } from "vitest"
import { eventsCloud } from "../testing.ts"

let c: Awaited<ReturnType<typeof eventsCloud>>
beforeAll(async () => void (c = await eventsCloud({})))
afterAll(() => c?.stop())

const EVENT = {
  id: "1",
  account: "123456789012",
  source: "shop",
  time: "2030-01-01T00:00:00Z",
  region: "us-east-1",
  resources: [],
  "detail-type": "sold",
  detail: { price: 5 },
}
const ask = (pattern: unknown, event: unknown = EVENT) =>
  c.events.send(new TestEventPatternCommand({ EventPattern: JSON.stringify(pattern), Event: JSON.stringify(event) }))

test("says whether an event matches a pattern", async () => {
  expect((await ask({ detail: { price: [{ numeric: ["<", 6] }] } })).Result).toBe(true)
  expect((await ask({ detail: { price: [{ numeric: [">", 6] }] } })).Result).toBe(false)
})

test("names what is wrong with the pattern or missing in the event", async () => {
  await expect(ask({ source: [{ near: "x" }] })).rejects.toMatchObject({
    name: "InvalidEventPatternException",
    message: "Event pattern is not valid. Reason: Unrecognized match type near",
  })
  await expect(ask({ source: ["shop"] }, { ...EVENT, region: undefined })).rejects.toThrow("region is a required field")
})
