import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

const redrive = (deadLetterTargetArn: unknown, maxReceiveCount: unknown = 3) =>
  JSON.stringify({ deadLetterTargetArn, maxReceiveCount })

test("attributes change, the modification time too, and the others stay", async () => {
  const { send, url, cloud } = await queueCloud({ jobs: { DelaySeconds: "7" } })
  const createdAt = cloud.now()
  cloud.advance(5_000)
  const Policy = '{"Statement":{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"}}'
  await send("SetQueueAttributes", { QueueUrl: url("jobs"), Attributes: { VisibilityTimeout: "69", Policy } })
  const { Attributes } = await send("GetQueueAttributes", { QueueUrl: url("jobs"), AttributeNames: ["All"] })
  expect(Attributes).toMatchObject({
    VisibilityTimeout: "69",
    DelaySeconds: "7",
    Policy,
    CreatedTimestamp: String(createdAt / 1000),
    LastModifiedTimestamp: String(createdAt / 1000 + 5),
  })
})

test("an empty value takes a policy or a key away again", async () => {
  const { send, url, arn } = await queueCloud({ jobs: {}, dead: {} })
  const set = (Attributes: object) => send("SetQueueAttributes", { QueueUrl: url("jobs"), Attributes })
  const of = async (...AttributeNames: string[]) =>
    (await send("GetQueueAttributes", { QueueUrl: url("jobs"), AttributeNames })).Attributes
  await set({ RedrivePolicy: redrive(arn("dead")), KmsMasterKeyId: "key", KmsDataKeyReusePeriodSeconds: "6000" })
  expect(await of("RedrivePolicy", "KmsMasterKeyId", "SqsManagedSseEnabled")).toEqual({
    RedrivePolicy: redrive(arn("dead")),
    KmsMasterKeyId: "key",
    SqsManagedSseEnabled: "false",
  })
  await set({ RedrivePolicy: "", KmsMasterKeyId: "", KmsDataKeyReusePeriodSeconds: "" })
  expect(await of("RedrivePolicy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled")).toEqual({
    SqsManagedSseEnabled: "false",
  })
  expect((await set({ KmsMasterKeyId: "key", SqsManagedSseEnabled: "true" })).__type).toBe("InvalidAttributeName")
})

test.each([
  ["no JSON", "{", "not a valid JSON map"],
  [
    "no count",
    JSON.stringify({ deadLetterTargetArn: "arn:aws:sqs:us-east-1:111122223333:dead" }),
    "does not contain mandatory attribute: maxReceiveCount",
  ],
  [
    "a count of 1001",
    redrive("arn:aws:sqs:us-east-1:111122223333:dead", 1_001),
    "Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both inclusive.",
  ],
  ["no ARN", redrive("dummy"), "Reason: Invalid value for deadLetterTargetArn."],
  ["a queue that is not there", redrive("arn:aws:sqs:us-east-1:111122223333:nothing"), "Dead letter target does not exist."],
  [
    "a queue of the other kind",
    redrive("arn:aws:sqs:us-east-1:111122223333:f.fifo"),
    "Dead-letter queue must be same type of queue as the source.",
  ],
  ["another key", JSON.stringify({ deadLetterTargetArn: "x", maxReceiveCount: 1, odd: 1 }), "not odd"],
])("a redrive policy with %s is refused", async (_, RedrivePolicy, reason) => {
  const { send, url } = await queueCloud({ jobs: {}, dead: {}, "f.fifo": { FifoQueue: "true" } })
  const answer = await send("SetQueueAttributes", { QueueUrl: url("jobs"), Attributes: { RedrivePolicy } })
  expect(answer).toMatchObject({ status: 400, __type: "InvalidParameterValue" })
  expect(answer.message).toContain(`Value ${RedrivePolicy} for parameter RedrivePolicy is invalid.`)
  expect(answer.message).toContain(reason)
})

test("a dead letter queue says who may use it: all, none, or the queues it names", async () => {
  const { send, url, arn } = await queueCloud({ jobs: {}, others: {}, dead: {} })
  const use = async (name: string) =>
    (await send("SetQueueAttributes", { QueueUrl: url(name), Attributes: { RedrivePolicy: redrive(arn("dead")) } })).status
  const allow = (policy: object) =>
    send("SetQueueAttributes", { QueueUrl: url("dead"), Attributes: { RedriveAllowPolicy: JSON.stringify(policy) } })
  await allow({ redrivePermission: "denyAll" })
  expect(await use("jobs")).toBe(400)
  await allow({ redrivePermission: "byQueue", sourceQueueArns: [arn("jobs")] })
  expect([await use("jobs"), await use("others")]).toEqual([200, 400])
  await allow({ redrivePermission: "allowAll" })
  expect(await use("others")).toBe(200)
  for (const policy of [
    {},
    { redrivePermission: "some" },
    { redrivePermission: "byQueue" },
    { redrivePermission: "denyAll", sourceQueueArns: [arn("jobs")] },
    { redrivePermission: "allowAll", odd: 1 },
  ])
    expect((await allow(policy)).__type).toBe("InvalidParameterValue")
})

test("a new delay holds for the waiting messages of a FIFO queue and not for those of a standard one", async () => {
  const { send, url, bodies, cloud } = await queueCloud({
    jobs: { DelaySeconds: "60" },
    "f.fifo": { FifoQueue: "true", DelaySeconds: "60" },
  })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  await send("SendMessage", { QueueUrl: url("f.fifo"), MessageBody: "x", MessageGroupId: "g", MessageDeduplicationId: "d" })
  cloud.advance(5_000)
  for (const name of ["jobs", "f.fifo"])
    await send("SetQueueAttributes", { QueueUrl: url(name), Attributes: { DelaySeconds: "10" } })
  cloud.advance(5_000)
  expect(await bodies("f.fifo")).toEqual(["x"])
  expect(await bodies("jobs")).toEqual([])
  cloud.advance(50_000)
  expect(await bodies("jobs")).toEqual(["x"])
})

test("a shorter retention period ends messages that are older", async () => {
  const { send, url, bodies, cloud } = await queueCloud({ jobs: {} })
  await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x" })
  cloud.advance(61_000)
  await send("SetQueueAttributes", { QueueUrl: url("jobs"), Attributes: { MessageRetentionPeriod: "60" } })
  expect(await bodies("jobs")).toEqual([])
})

test("the kind of a queue cannot change", async () => {
  const { send, url } = await queueCloud({ jobs: {}, "f.fifo": { FifoQueue: "true" } })
  const set = (name: string, FifoQueue: string) => send("SetQueueAttributes", { QueueUrl: url(name), Attributes: { FifoQueue } })
  expect((await set("jobs", "true")).message).toBe("Unknown Attribute FifoQueue.")
  expect((await set("f.fifo", "false")).__type).toBe("InvalidAttributeValue")
})
