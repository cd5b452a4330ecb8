import { CreateTopicCommand } from "@aws-sdk/client-sns"
import { afterAll, beforeAll, expect, test } from "vitest"
import { snsCloud, topicNamed } from "../testing.ts"

let c: Awaited<ReturnType<typeof snsCloud>>
beforeAll(async () => void (c = await snsCloud({})))
afterAll(() => c?.stop())

const create = (Name: string, Attributes: Record<string, string> = {}) => c.sns.send(new CreateTopicCommand({ Name, Attributes }))

test("a topic is made once; the same name with other attributes is refused", async () => {
  expect((await create("calls")).TopicArn).toBe(topicNamed("calls"))
  expect((await create("calls")).TopicArn).toBe(topicNamed("calls"))
  await expect(create("calls", { DisplayName: "other" })).rejects.toThrow("already exists with different attributes")
})

test("names say whether a topic is FIFO; unknown attributes are refused by name", async () => {
  expect((await create("line.fifo", { FifoTopic: "true" })).TopicArn).toBe(topicNamed("line.fifo"))
  await expect(create("line2", { FifoTopic: "true" })).rejects.toThrow("end with .fifo")
  await expect(create("a b")).rejects.toMatchObject({ name: "InvalidParameterException" })
  await expect(create("keys", { ArchivePolicy: "{}" })).rejects.toThrow("NOT_SIMULATED: topic attribute ArchivePolicy")
  await expect(create("small", { MaximumMessageSize: "3" })).rejects.toThrow("MaximumMessageSize")
})
