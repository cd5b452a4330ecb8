import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

const names = Array.from({ length: 7 }, (_, n) => `jobs-${n}`)

test("pages hold every queue once, and a page without a limit says nothing of a next", async () => {
  const { send, url } = await queueCloud(Object.fromEntries([...names, "other"].map((name) => [name, {}])))
  expect(await send("ListQueues", { QueueNamePrefix: "jobs-" })).toEqual({ status: 200, QueueUrls: names.map(url) })
  const found: string[] = []
  let NextToken: string | undefined
  let pages = 0
  do {
    const page = await send("ListQueues", { QueueNamePrefix: "jobs-", MaxResults: 3, NextToken })
    found.push(...page.QueueUrls)
    NextToken = page.NextToken
    pages++
  } while (NextToken)
  expect([found, pages]).toEqual([names.map(url), 3])
})

test("a prefix of nothing has no list, a token without a limit and a limit of 1001 are refused", async () => {
  const { send } = await queueCloud({ jobs: {} })
  expect(await send("ListQueues", { QueueNamePrefix: "x" })).toEqual({ status: 200 })
  expect((await send("ListQueues", { NextToken: "abc" })).message).toBe(
    "MaxResults is a mandatory parameter when you provide a value for NextToken.",
  )
  expect((await send("ListQueues", { MaxResults: 1_001 })).__type).toBe("InvalidParameterValue")
})

test("a token keeps its prefix: sent alone it goes on with the same queues, with another prefix it is refused", async () => {
  const { send, url } = await queueCloud(Object.fromEntries([...names, "other", "z"].map((name) => [name, {}])))
  const { NextToken } = await send("ListQueues", { QueueNamePrefix: "jobs-", MaxResults: 5 })
  const rest = await send("ListQueues", { MaxResults: 5, NextToken })
  expect([rest.QueueUrls, rest.NextToken]).toEqual([names.slice(5).map(url), undefined])
  expect((await send("ListQueues", { QueueNamePrefix: "o", MaxResults: 5, NextToken })).message).toContain(
    "another QueueNamePrefix",
  )
  expect((await send("ListQueues", { MaxResults: 5, NextToken: "abc" })).message).toContain("Invalid or expired next token")
})
