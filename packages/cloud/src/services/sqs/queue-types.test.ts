import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import type { Resource } from "../../service.ts"
import { queueTypes } from "./queue-types.ts"
import { type QueueCloud, queueCloud } from "./testing.ts"

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "backline-sqs-"))))
afterEach(() => rmSync(folder, { recursive: true }))

const ARN = "arn:aws:sqs:us-east-1:111122223333:"
const queue = (QueueName: string, properties: object): Resource => ({
  logicalId: QueueName,
  stack: "test",
  type: "AWS::SQS::Queue",
  properties: { QueueName, ...properties },
  identity: { ref: `http://127.0.0.1:1/111122223333/${QueueName}`, arn: ARN + QueueName, attributes: { QueueName } },
})

async function declare({ cloud, queues }: QueueCloud, ...resources: Resource[]) {
  for (const resource of resources) cloud.add(resource)
  for (const resource of resources) await queueTypes(queues)[resource.type]!.provision?.(resource, cloud)
}
const attributesOf = async ({ send, url }: QueueCloud, name: string) =>
  (await send("GetQueueAttributes", { QueueUrl: url(name), AttributeNames: ["All"] })).Attributes

test("a queue gets its attributes, tags and policy, whatever the order of the template", async () => {
  const world = await queueCloud()
  const PolicyDocument = { Statement: [] }
  const policy = {
    ...queue("policy", {}),
    type: "AWS::SQS::QueuePolicy",
    properties: { PolicyDocument, Queues: ["http://127.0.0.1:1/111122223333/jobs"] },
  }
  const jobs = queue("jobs", {
    VisibilityTimeout: 90,
    FifoQueue: false,
    RedrivePolicy: { deadLetterTargetArn: `${ARN}dead`, maxReceiveCount: 5 },
    Tags: [{ Key: "team", Value: "a" }],
  })
  const dead = queue("dead", { RedriveAllowPolicy: { redrivePermission: "byQueue", sourceQueueArns: [`${ARN}jobs`] } })
  await declare(world, policy, jobs, dead)
  expect(await attributesOf(world, "jobs")).toMatchObject({
    VisibilityTimeout: "90",
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: `${ARN}dead`, maxReceiveCount: 5 }),
    Policy: JSON.stringify(PolicyDocument),
  })
  expect((await world.send("ListQueueTags", { QueueUrl: world.url("jobs") })).Tags).toEqual({ team: "a" })
})

test("a template that a dead letter queue does not allow is refused, and one that AWS would refuse too", async () => {
  const RedrivePolicy = { deadLetterTargetArn: `${ARN}dead`, maxReceiveCount: 5 }
  const world = await queueCloud()
  await expect(
    declare(world, queue("jobs", { RedrivePolicy }), queue("dead", { RedriveAllowPolicy: { redrivePermission: "denyAll" } })),
  ).rejects.toThrow("does not let jobs use it")
  await expect(
    declare(world, queue("odd", { RedrivePolicy: { ...RedrivePolicy, deadLetterTargetArn: `${ARN}gone` } })),
  ).rejects.toThrow("Dead letter target does not exist.")
  await expect(declare(world, queue("late", { DelaySeconds: 901 }))).rejects.toThrow("DelaySeconds")
})

test("the next run keeps the messages and applies what the template changed", async () => {
  const first = await queueCloud({}, { data: folder })
  await declare(first, queue("jobs", { VisibilityTimeout: 90, DelaySeconds: 5 }))
  await first.send("SendMessage", { QueueUrl: first.url("jobs"), MessageBody: "kept", DelaySeconds: 0 })
  const second = await queueCloud({}, { data: folder })
  await declare(second, queue("jobs", { VisibilityTimeout: 120 }))
  expect(await attributesOf(second, "jobs")).toMatchObject({ VisibilityTimeout: "120", DelaySeconds: "0" })
  expect(await second.bodies("jobs")).toEqual(["kept"])
})
