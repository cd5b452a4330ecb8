import { CreateTopicCommand, ListTopicsCommand } from "@aws-sdk/client-sns"
import { afterAll, beforeAll, expect, test } from "vitest"
import { snsCloud, topicNamed } from "../testing.ts"

let c: Awaited<ReturnType<typeof snsCloud>>
beforeAll(async () => void (c = await snsCloud({})))
afterAll(() => c?.stop())

test("topics are listed a hundred at a time, each once", async () => {
  const names = Array.from({ length: 130 }, (_, n) => `t${n}`)
  for (const Name of names) await c.sns.send(new CreateTopicCommand({ Name }))
  const first = await c.sns.send(new ListTopicsCommand({}))
  expect(first.Topics).toHaveLength(100)
  const second = await c.sns.send(new ListTopicsCommand({ NextToken: first.NextToken }))
  expect(second.NextToken).toBeUndefined()
  expect([...first.Topics!, ...second.Topics!].map(({ TopicArn }) => TopicArn)).toEqual(names.map(topicNamed))
})
