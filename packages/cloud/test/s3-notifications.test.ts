import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import type { AwsRequest, Service } from "../src/service.ts"
import { s3Cloud } from "./support/s3-cloud.ts"

const ARN = "arn:aws:x:us-east-1:123456789012:"
const TYPES = {
  "AWS::SQS::Queue": "sqs:SendMessage",
  "AWS::SNS::Topic": "sns:Publish",
  "AWS::Lambda::Function": "lambda:InvokeFunction",
}
let sent: { service: string; request: AwsRequest; body: any }[] = []
let failures = 0

/** Destinations that take down what they get; `failures` of the next calls fail. */
const destinations = (): Service => ({
  names: ["sqs", "sns", "lambda", "events"],
  protocol: "json",
  types: Object.fromEntries(
    Object.keys(TYPES).map((type) => [
      type,
      {
        simulated: ["*"],
        identify: ({ logicalId }) => ({
          ref: `http://127.0.0.1/123456789012/${logicalId}`,
          arn: ARN + logicalId,
          attributes: {},
        }),
      },
    ]),
  ),
  authorize: (request) => ({ operation: request.service, access: [] }),
  async handle(request) {
    if (failures-- > 0) return { status: 500 }
    const text = request.body.toString("utf8")
    sent.push({
      service: request.service,
      request,
      body: request.service === "sns" ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text),
    })
    return { status: 200 }
  },
})

const CONFIGURATION = {
  QueueConfigurations: [
    {
      Event: "s3:ObjectCreated:*",
      Queue: `${ARN}Q`,
      Filter: {
        S3Key: {
          Rules: [
            { Name: "prefix", Value: "in/" },
            { Name: "suffix", Value: ".png" },
          ],
        },
      },
    },
  ],
  TopicConfigurations: [{ Event: "s3:ObjectRemoved:*", Topic: `${ARN}T` }],
  LambdaConfigurations: [{ Event: "s3:ObjectTagging:Put", Function: `${ARN}F` }],
}

const start = (configuration: unknown, more = {}) =>
  s3Cloud({
    services: [destinations()],
    bucket: { NotificationConfiguration: configuration },
    resources: { Q: { type: "AWS::SQS::Queue" }, T: { type: "AWS::SNS::Topic" }, F: { type: "AWS::Lambda::Function" } },
    ...more,
  })

let cloud: Awaited<ReturnType<typeof start>>
beforeEach(() => {
  sent = []
  failures = 0
})
afterEach(() => cloud?.stop())

const put = (Key: string, Body = "hello") => cloud.client().send(new PutObjectCommand({ Bucket: "lake", Key, Body }))
const arrived = async (count: number) => {
  await expect.poll(() => sent.length, { timeout: 5_000 }).toBe(count)
  return sent.splice(0)
}

test("each destination gets the events it asked for, of the keys it asked for, in S3's own words", async () => {
  cloud = await start(CONFIGURATION)
  const tests = await arrived(2)
  expect(tests.map(({ service, body }) => [service, JSON.parse(body.MessageBody ?? body.Message).Event])).toEqual([
    ["sqs", "s3:TestEvent"],
    ["sns", "s3:TestEvent"],
  ])

  await put("in/red flower=ü+(1).png")
  await put("in/other.txt")
  await put("out/other.png")
  const [created] = await arrived(1)
  expect(created!.request.caller).toMatchObject({
    kind: "service",
    principal: "s3.amazonaws.com",
    sourceArn: "arn:aws:s3:::lake",
  })
  expect(created!.body.QueueUrl).toBe("http://127.0.0.1/123456789012/Q")
  const { Records } = JSON.parse(created!.body.MessageBody)
  expect(Records).toEqual([
    {
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: "us-east-1",
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      eventName: "ObjectCreated:Put",
      userIdentity: { principalId: "AWS:123456789012" },
      requestParameters: { sourceIPAddress: "127.0.0.1" },
      responseElements: { "x-amz-request-id": expect.any(String), "x-amz-id-2": expect.any(String) },
      s3: {
        s3SchemaVersion: "1.0",
        configurationId: "queue-0",
        bucket: { name: "lake", ownerIdentity: { principalId: "123456789012" }, arn: "arn:aws:s3:::lake" },
        object: {
          key: "in/red+flower%3D%C3%BC%2B%281%29.png",
          size: 5,
          eTag: "5d41402abc4b2a76b9719d911017c592",
          sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
        },
      },
    },
  ])

  await cloud.client().send(new DeleteObjectCommand({ Bucket: "lake", Key: "out/other.png" }))
  const [removed] = await arrived(1)
  expect(removed!.body).toMatchObject({ Action: "Publish", TopicArn: `${ARN}T`, Subject: "Amazon S3 Notification" })
  const [record] = JSON.parse(removed!.body.Message).Records
  expect([record.eventName, Object.keys(record.s3.object)]).toEqual(["ObjectRemoved:Delete", ["key", "sequencer"]])

  await cloud
    .client()
    .send(new PutObjectTaggingCommand({ Bucket: "lake", Key: "in/other.txt", Tagging: { TagSet: [{ Key: "a", Value: "1" }] } }))
  const [tagged] = await arrived(1)
  expect([tagged!.request.url.pathname, tagged!.request.headers["x-amz-invocation-type"]]).toEqual([
    `/2015-03-31/functions/${encodeURIComponent(`${ARN}F`)}/invocations`,
    "Event",
  ])
  expect(tagged!.body.Records[0]).toMatchObject({ eventName: "ObjectTagging:Put", eventVersion: "2.3" })
})

test("copies, completed uploads and delete markers have events of their own, with versions and growing sequencers", async () => {
  cloud = await start({
    QueueConfigurations: [
      { Event: "s3:ObjectCreated:*", Queue: `${ARN}Q` },
      { Event: "s3:ObjectRemoved:*", Queue: `${ARN}Q` },
    ],
  })
  await arrived(2)
  const admin = cloud.client()
  await admin.send(new PutBucketVersioningCommand({ Bucket: "lake", VersioningConfiguration: { Status: "Enabled" } }))
  const at = { Bucket: "lake", Key: "k" }
  const { VersionId } = await put("k")
  await admin.send(new CopyObjectCommand({ ...at, CopySource: "lake/k", MetadataDirective: "REPLACE" }))
  const { UploadId } = await admin.send(new CreateMultipartUploadCommand(at))
  const { ETag, ChecksumCRC32 } = await admin.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: "x" }))
  await admin.send(
    new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ChecksumCRC32 }] } }),
  )
  await admin.send(new DeleteObjectCommand(at))
  await admin.send(new DeleteObjectCommand({ ...at, VersionId }))
  const records = (await arrived(5)).map(({ body }) => JSON.parse(body.MessageBody).Records[0])
  expect(records.map(({ eventName }) => eventName)).toEqual([
    "ObjectCreated:Put",
    "ObjectCreated:Copy",
    "ObjectCreated:CompleteMultipartUpload",
    "ObjectRemoved:DeleteMarkerCreated",
    "ObjectRemoved:Delete",
  ])
  expect([records[0].s3.object.versionId, records[4].s3.object.versionId]).toEqual([VersionId, VersionId])
  const sequencers = records.map(({ s3 }) => s3.object.sequencer)
  expect(sequencers).toEqual(sequencers.toSorted())
  expect(new Set(sequencers).size).toBe(5)
})

test("EventBridge gets everything, as its events say it", async () => {
  cloud = await start({ EventBridgeConfiguration: { EventBridgeEnabled: true } })
  await put("a b")
  await cloud.client().send(new DeleteObjectCommand({ Bucket: "lake", Key: "a b" }))
  const entries = (await arrived(2)).map(({ body }) => body.Entries[0])
  expect(entries[0]).toMatchObject({ Source: "aws.s3", DetailType: "Object Created", Resources: ["arn:aws:s3:::lake"] })
  expect(JSON.parse(entries[0].Detail)).toMatchObject({
    version: "0",
    bucket: { name: "lake" },
    object: { key: "a b", size: 5, etag: "5d41402abc4b2a76b9719d911017c592" },
    reason: "PutObject",
  })
  expect(entries[1].DetailType).toBe("Object Deleted")
  expect(JSON.parse(entries[1].Detail)).toMatchObject({ reason: "DeleteObject", "deletion-type": "Permanently Deleted" })
})

test("CDK's resource configures a bucket too", async () => {
  const configuration = {
    QueueConfigurations: [
      {
        Events: ["s3:ObjectCreated:Put", "s3:ObjectRemoved:*"],
        QueueArn: `${ARN}Q`,
        Filter: { Key: { FilterRules: [{ Name: "suffix", Value: "k" }] } },
      },
    ],
    EventBridgeConfiguration: {},
  }
  cloud = await s3Cloud({
    services: [destinations()],
    resources: {
      Q: { type: "AWS::SQS::Queue" },
      Notifications: {
        type: "Custom::S3BucketNotifications",
        properties: { ServiceToken: "arn", Managed: true, BucketName: "lake", NotificationConfiguration: configuration },
      },
    },
  })
  await arrived(1)
  await put("k")
  expect((await arrived(2)).map(({ service }) => service).toSorted()).toEqual(["events", "sqs"])
})

test("a destination that fails for a while gets the event all the same, once", async () => {
  cloud = await start({ LambdaConfigurations: [{ Event: "s3:ObjectCreated:*", Function: `${ARN}F` }] })
  failures = 3
  await put("k")
  expect((await arrived(1))[0]!.body.Records[0].s3.object.key).toBe("k")
  expect(failures).toBe(-1)
})

test("what could not be sent before the end is sent after the next start, and known queues get no second test event", async () => {
  const data = await mkdtemp(join(tmpdir(), "s3-data-"))
  const configuration = { QueueConfigurations: [{ Event: "s3:ObjectCreated:*", Queue: `${ARN}Q` }] }
  cloud = await start(configuration, { data })
  await arrived(1)
  failures = 1_000
  await put("late")
  await cloud.stop()
  failures = 0
  cloud = await start(configuration, { data })
  const [late, ...others] = await arrived(1)
  expect([JSON.parse(late!.body.MessageBody).Records[0].s3.object.key, others]).toEqual(["late", []])
  await cloud.stop()
  await rm(data, { recursive: true })
})

test.each([
  [
    { QueueConfigurations: [{ Event: "s3:ObjectRestore:Post", Queue: `${ARN}Q` }] },
    "NOT_SIMULATED: S3 event s3:ObjectRestore:Post",
  ],
  [
    { QueueConfigurations: [{ Event: "s3:ObjectCreated:*", Queue: `${ARN}Q`, Colour: 1 }] },
    "NOT_SIMULATED: AWS::S3::Bucket.NotificationConfiguration.QueueConfigurations.Colour",
  ],
  [
    {
      QueueConfigurations: [
        { Event: "s3:ObjectCreated:*", Queue: `${ARN}Q` },
        { Event: "s3:ObjectCreated:Put", Queue: `${ARN}Z`, Filter: { S3Key: { Rules: [{ Name: "prefix", Value: "a" }] } } },
      ],
    },
    "Configurations overlap",
  ],
])("a configuration that S3 or we cannot take stops the boot: %j", async (configuration, message) => {
  await expect(start(configuration)).rejects.toThrow(message)
})

test("a queue that refuses the test event stops the boot, as it fails a deployment", async () => {
  failures = 1
  await expect(start({ QueueConfigurations: [{ Event: "s3:ObjectCreated:*", Queue: `${ARN}Q` }] })).rejects.toThrow(
    "Unable to validate the following destination configurations",
  )
})
