import {
  AddPermissionCommand,
  CreateTopicCommand,
  GetTopicAttributesCommand,
  PublishCommand,
  RemovePermissionCommand,
  SetTopicAttributesCommand,
} from "@aws-sdk/client-sns"
import { afterAll, beforeAll, expect, test } from "vitest"
import { snsCloud, topicNamed } from "../testing.ts"

const TopicArn = topicNamed("made")
let c: Awaited<ReturnType<typeof snsCloud>>
beforeAll(async () => {
  c = await snsCloud({}, { functions: { guest: [], all: [{ Effect: "Allow", Action: "sns:*", Resource: "*" }] } })
  await c.sns.send(new CreateTopicCommand({ Name: "made" }))
})
afterAll(() => c?.stop())

const set = (AttributeName: string, AttributeValue?: string) =>
  c.sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue }))
const publishAs = (name: string) => c.snsAs(name).send(new PublishCommand({ TopicArn, Message: "hello" }))
const attributes = async () => (await c.sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes!
const statement = (more: object) => ({ Effect: "Allow", Principal: "*", Action: "sns:Publish", Resource: TopicArn, ...more })
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement })

// https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
test("the policy of a topic decides who may publish, by allow and by deny, until it is taken away", async () => {
  await expect(publishAs("guest")).rejects.toThrow("is not authorized to perform: sns:Publish")
  await set("Policy", policy(statement({ Principal: { AWS: "arn:aws:iam::123456789012:role/guest-role" } })))
  await publishAs("guest")
  expect(JSON.parse((await attributes()).Policy!).Statement).toHaveLength(1)
  await set("Policy", policy(statement({ Effect: "Deny", Action: ["sns:Publish"] })))
  await expect(publishAs("all")).rejects.toThrow("explicit deny in a resource-based policy")
  await set("Policy", "")
  await publishAs("all")
  await expect(publishAs("guest")).rejects.toThrow("is not authorized")
})

test("permissions by label become statements, and go again", async () => {
  const permit = { TopicArn, Label: "others", AWSAccountId: ["123456789012"], ActionName: ["Publish"] }
  await c.sns.send(new AddPermissionCommand(permit))
  expect(JSON.parse((await attributes()).Policy!).Statement).toMatchObject([{ Sid: "others", Action: ["SNS:Publish"] }])
  await expect(c.sns.send(new AddPermissionCommand(permit))).rejects.toThrow("already exists")
  await c.sns.send(new RemovePermissionCommand({ TopicArn, Label: "others" }))
  await c.sns.send(new RemovePermissionCommand({ TopicArn, Label: "others" }))
  expect((await attributes()).Policy).toBeUndefined()
})

test("other attributes change too; wrong ones are refused and change nothing", async () => {
  await set("DisplayName", "News")
  expect((await attributes()).DisplayName).toBe("News")
  await expect(set("FifoTopic", "true")).rejects.toThrow("AttributeName")
  await expect(set("KmsMasterKeyId", "key")).rejects.toThrow("NOT_SIMULATED: topic attribute KmsMasterKeyId")
  await expect(set("Policy", "no json")).rejects.toThrow("Policy Error")
  await expect(set("Policy", policy(statement({ Condition: { Wrong: { a: "b" } } })))).rejects.toThrow("NOT_SIMULATED")
  expect((await attributes()).DisplayName).toBe("News")
})
