import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3"
import { afterEach, expect, test } from "vitest"
import { s3Cloud } from "./support/s3-cloud.ts"

const DAY = 86_400_000
const HOUR = 3_600_000
/** 10:30 UTC, as in the example of the documentation. */
const START = Date.UTC(2030, 0, 15, 10, 30)

let cloud: Awaited<ReturnType<typeof s3Cloud>>
afterEach(() => cloud?.stop())

const start = (Rules: unknown[], more = {}) =>
  s3Cloud({ now: () => START, bucket: { LifecycleConfiguration: { Rules }, ...more } })
const put = (Key: string, input: Record<string, any> = {}) =>
  cloud.client().send(new PutObjectCommand({ Bucket: "lake", Key, Body: "x", ...input }))
const versions = async () => {
  const { Versions = [], DeleteMarkers = [] } = await cloud.client().send(new ListObjectVersionsCommand({ Bucket: "lake" }))
  return [...Versions.map(({ Key }) => Key), ...DeleteMarkers.map(({ Key }) => `-${Key}`)]
}

test("objects under a prefix expire at the midnight after their days, and say so before", async () => {
  cloud = await start([
    { Id: "manifests", Status: "Enabled", Prefix: "manifests/", ExpirationInDays: 3 },
    { Id: "off", Status: "Disabled", ExpirationInDays: 1 },
  ])
  await put("manifests/a")
  await put("events/a")
  const head = await cloud.raw("HEAD", "/lake/manifests/a")
  expect(head.headers.get("x-amz-expiration")).toBe('expiry-date="Sat, 19 Jan 2030 00:00:00 GMT", rule-id="manifests"')
  cloud.cloud.clock.advance(Date.UTC(2030, 0, 19) - START - 1)
  expect(await versions()).toEqual(["events/a", "manifests/a"])
  cloud.cloud.clock.advance(1)
  expect(await versions()).toEqual(["events/a"])
})

test("rules may go by tags and sizes, and by a date", async () => {
  cloud = await start([
    { Status: "Enabled", TagFilters: [{ Key: "t", Value: "1" }], ExpirationInDays: 1 },
    { Status: "Enabled", ObjectSizeGreaterThan: 10, ObjectSizeLessThan: 20, ExpirationInDays: 1 },
    { Status: "Enabled", Prefix: "dated", ExpirationDate: "2030-01-20T00:00:00Z" },
  ])
  await put("tagged", { Tagging: "t=1" })
  await put("other-tag", { Tagging: "t=2" })
  await put("sized", { Body: "x".repeat(11) })
  await put("small", { Body: "x".repeat(10) })
  await put("dated")
  cloud.cloud.clock.advance(2 * DAY)
  expect(await versions()).toEqual(["dated", "other-tag", "small"])
  cloud.cloud.clock.advance(4 * DAY)
  expect(await versions()).toEqual(["other-tag", "small"])
})

test("where versions are kept an expired object gets a marker, old versions go later, and lonely markers last", async () => {
  cloud = await start(
    [
      { Status: "Enabled", ExpirationInDays: 1 },
      { Status: "Enabled", NoncurrentVersionExpiration: { NoncurrentDays: 2, NewerNoncurrentVersions: 1 } },
      { Status: "Enabled", Prefix: "only-old", NoncurrentVersionExpirationInDays: 2 },
      { Status: "Enabled", Prefix: "only-old", ExpiredObjectDeleteMarker: true },
    ],
    { VersioningConfiguration: { Status: "Enabled" } },
  )
  await put("kept")
  await put("kept")
  await put("only-old")
  cloud.cloud.clock.advance(2 * DAY)
  expect(await versions()).toEqual(["kept", "kept", "only-old", "-kept", "-only-old"])
  cloud.cloud.clock.advance(4 * DAY)
  // The newest noncurrent version stays; the one before it goes.
  expect(await versions()).toEqual(["kept", "-kept"])
})

test("uploads that nobody completed are aborted", async () => {
  cloud = await start([{ Status: "Enabled", AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }])
  await cloud.client().send(new CreateMultipartUploadCommand({ Bucket: "lake", Key: "k" }))
  const open = async () => (await cloud.client().send(new ListMultipartUploadsCommand({ Bucket: "lake" }))).Uploads?.length ?? 0
  cloud.cloud.clock.advance(7 * DAY)
  expect(await open()).toBe(1)
  cloud.cloud.clock.advance(14 * HOUR)
  expect(await open()).toBe(0)
})

test("transitions change the storage class and nothing else", async () => {
  cloud = await start([
    {
      Status: "Enabled",
      Transitions: [
        { StorageClass: "STANDARD_IA", TransitionInDays: 30 },
        { StorageClass: "GLACIER_IR", TransitionInDays: 60 },
      ],
    },
  ])
  await put("k", { Body: "body" })
  const head = async () => cloud.client().send(new HeadObjectCommand({ Bucket: "lake", Key: "k" }))
  const before = await head()
  cloud.cloud.clock.advance(31 * DAY)
  const after = await head()
  expect([after.StorageClass, after.LastModified]).toEqual(["STANDARD_IA", before.LastModified])
  cloud.cloud.clock.advance(31 * DAY)
  expect((await head()).StorageClass).toBe("GLACIER_IR")
  await cloud.client().send(new DeleteObjectCommand({ Bucket: "lake", Key: "k" }))
})

test("rules that are not simulated stop the boot by name", async () => {
  await expect(
    start([{ Status: "Enabled", Transitions: [{ StorageClass: "DEEP_ARCHIVE", TransitionInDays: 1 }] }]),
  ).rejects.toThrow("NOT_SIMULATED: s3.storage class DEEP_ARCHIVE")
  await expect(start([{ Status: "Enabled", NoncurrentVersionTransitions: [] }])).rejects.toThrow(
    "NOT_SIMULATED: AWS::S3::Bucket.LifecycleConfiguration.Rules.NoncurrentVersionTransitions",
  )
})
