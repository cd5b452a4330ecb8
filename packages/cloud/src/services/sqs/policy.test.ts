import { PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns"
import {
  AddPermissionCommand,
  CreateQueueCommand,
  GetQueueAttributesCommand,
  RemovePermissionCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs"
import { afterEach, expect, test } from "vitest"
import { deliveryCloud, queue, queueNamed, topicNamed } from "../../delivery/testing.ts"
import { sns } from "../sns/index.ts"

const NEWS = topicNamed("news")
let c: Awaited<ReturnType<typeof deliveryCloud>>
afterEach(() => c?.stop())

/** A topic, and a function that may do everything with queues. */
async function withTopic(resources: object = {}) {
  c = await deliveryCloud(
    [sns()],
    { News: { type: "AWS::SNS::Topic", properties: { TopicName: "news" } }, ...resources },
    {
      functions: { worker: [{ Effect: "Allow", Action: "sqs:*", Resource: "*" }], guest: [] },
    },
  )
  const client = new SQSClient(c.as())
  const topics = new SNSClient(c.as())
  const url = (name: string) => `${c.awsUrl}/123456789012/${name}`
  const set = (name: string, Policy: string) =>
    client.send(new SetQueueAttributesCommand({ QueueUrl: url(name), Attributes: { Policy } }))
  const subscribed = async (name: string) => {
    await topics.send(new SubscribeCommand({ TopicArn: NEWS, Protocol: "sqs", Endpoint: queueNamed(name) }))
  }
  const publish = (Message: string) => topics.send(new PublishCommand({ TopicArn: NEWS, Message }))
  const sendAs = (who: string, name: string) =>
    new SQSClient(c.as(who)).send(new SendMessageCommand({ QueueUrl: url(name), MessageBody: "from a function" }))
  return { client, url, set, subscribed, publish, sendAs }
}

const policy = (Effect: "Allow" | "Deny", name: string, Principal: unknown = "*", more: object = {}) => ({
  Version: "2012-10-17",
  Statement: [{ Sid: "own", Effect, Principal, Action: "sqs:SendMessage", Resource: queueNamed(name), ...more }],
})

const bodies = async (name: string, count = 1) => (await c.receive(name, count)).map(({ body }) => body.Message ?? body)

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-using-identity-based-policies.html
test("a queue that a call made and gave a policy takes what a topic sends", async () => {
  const { client, set, subscribed, publish } = await withTopic()
  await client.send(new CreateQueueCommand({ QueueName: "made" }))
  await subscribed("made")
  await set("made", JSON.stringify(policy("Allow", "made", "*", { Condition: { ArnEquals: { "aws:SourceArn": NEWS } } })))
  await publish("hello")
  expect(await bodies("made")).toEqual(["hello"])
  const calls = c.calls.since(0).filter(({ caller, operation }) => caller === "sns.amazonaws.com" && operation === "SendMessage")
  expect(calls.at(-1)!.access[0]).toMatchObject({ decision: "allow", statement: "made policy#own" })
})

test("a policy may come with CreateQueue, and name the service", async () => {
  const { client, subscribed, publish } = await withTopic()
  const Policy = JSON.stringify(policy("Allow", "made", { Service: "sns.amazonaws.com" }))
  await client.send(new CreateQueueCommand({ QueueName: "made", Attributes: { Policy } }))
  await subscribed("made")
  await publish("hello")
  expect(await bodies("made")).toEqual(["hello"])
})

test("a deny that a call sets counts against roles that may do everything, and against what the template allows", async () => {
  const { client, set, subscribed, publish, sendAs, url } = await withTopic(queue("jobs", NEWS))
  await subscribed("jobs")
  await sendAs("worker", "jobs")
  await publish("first")
  expect((await bodies("jobs", 2)).toSorted()).toEqual(["first", "from a function"])
  await set("jobs", JSON.stringify(policy("Deny", "jobs")))
  await expect(sendAs("worker", "jobs")).rejects.toThrow("with an explicit deny in a resource-based policy")
  await publish("second")
  await new Promise((resolve) => setTimeout(resolve, 50))
  // An empty policy is none: the role is enough again, for the topic nothing is.
  await set("jobs", "")
  await sendAs("worker", "jobs")
  await publish("third")
  expect(await bodies("jobs")).toEqual(["from a function"])
  const shown = await client.send(new GetQueueAttributesCommand({ QueueUrl: url("jobs"), AttributeNames: ["All"] }))
  expect(shown.Attributes!.Policy).toBeUndefined()
})

test("an allow that a call sets lets in a function whose role says nothing", async () => {
  const { client, set, sendAs } = await withTopic()
  await client.send(new CreateQueueCommand({ QueueName: "made" }))
  await expect(sendAs("guest", "made")).rejects.toThrow("is not authorized to perform: sqs:SendMessage")
  await set("made", JSON.stringify(policy("Allow", "made", { AWS: "arn:aws:iam::123456789012:role/guest-role" })))
  await sendAs("guest", "made")
  expect(await bodies("made")).toEqual(["from a function"])
})

test("permissions by label add to the policy that is there, and are taken away again", async () => {
  const { client, url, subscribed, publish } = await withTopic(queue("jobs", NEWS))
  await subscribed("jobs")
  const permit = { QueueUrl: url("jobs"), Label: "others", AWSAccountIds: ["123456789012"], Actions: ["SendMessage"] }
  await client.send(new AddPermissionCommand(permit))
  await expect(client.send(new AddPermissionCommand(permit))).rejects.toThrow("Already exists")
  await publish("still delivered")
  expect(await bodies("jobs")).toEqual(["still delivered"])
  const statements = async () => {
    const shown = await client.send(new GetQueueAttributesCommand({ QueueUrl: url("jobs"), AttributeNames: ["Policy"] }))
    return JSON.parse(shown.Attributes!.Policy!).Statement
  }
  expect((await statements())[1]).toMatchObject({ Sid: "others", Action: ["SQS:SendMessage"] })
  await client.send(new RemovePermissionCommand({ QueueUrl: url("jobs"), Label: "others" }))
  expect(await statements()).toHaveLength(1)
  await expect(client.send(new RemovePermissionCommand({ QueueUrl: url("jobs"), Label: "others" }))).rejects.toThrow("find label")
  for (const wrong of [{ AWSAccountIds: ["me"] }, { Actions: ["sqs:Send"] }, { Label: "no spaces" }])
    await expect(client.send(new AddPermissionCommand({ ...permit, ...wrong }))).rejects.toThrow("is invalid")
})

test("a policy that is malformed, or that is not understood as a whole, is refused and changes nothing", async () => {
  const { client, set, sendAs } = await withTopic()
  await client.send(new CreateQueueCommand({ QueueName: "made" }))
  await set("made", JSON.stringify(policy("Deny", "made")))
  for (const wrong of [
    "no json",
    "null",
    '"text"',
    "{}",
    JSON.stringify({ ...policy("Allow", "made"), Statement: ["x"] }),
    JSON.stringify(policy("allow" as "Allow", "made")),
    JSON.stringify(policy("Allow", "made", undefined, { Principal: undefined })),
    JSON.stringify(policy("Allow", "made", "someone")),
  ])
    await expect(set("made", wrong)).rejects.toThrow("Invalid value for the parameter Policy")
  const unknown = policy("Allow", "made", "*", { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } })
  await expect(set("made", JSON.stringify(unknown))).rejects.toThrow("NOT_SIMULATED: IAM condition key aws:PrincipalOrgID")
  await expect(sendAs("worker", "made")).rejects.toThrow("explicit deny")
})
