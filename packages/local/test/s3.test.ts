import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestCloud } from "../src/endpoint/test-cloud.ts"
import { s3 } from "../src/services/s3/index.ts"

let running: Awaited<ReturnType<typeof createTestCloud>>

beforeAll(async () => {
  running = await createTestCloud({
    services: [s3()],
    resources: { Lake: { type: "AWS::S3::Bucket", properties: { BucketName: "lake" } }, Other: { type: "AWS::S3::Bucket" } },
    functions: {
      writer: [{ Effect: "Allow", Action: ["s3:PutObject"], Resource: "arn:aws:s3:::lake/events/*" }],
      lister: [
        {
          Effect: "Allow",
          Action: "s3:ListBucket",
          Resource: "arn:aws:s3:::lake",
          Condition: { StringLike: { "s3:prefix": "events/*" } },
        },
      ],
    },
  })
})
afterAll(() => running?.stop())

const client = (name?: string) => new S3Client({ ...running.as(name), forcePathStyle: true })
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable("it was allowed"),
    (thrown) => thrown,
  )

test("an object comes back with its bytes, headers and metadata, whole or in ranges", async () => {
  const head = { ContentType: "application/json", ContentEncoding: "gzip", CacheControl: "no-store", Metadata: { shard: "1" } }
  await client("writer").send(new PutObjectCommand({ Bucket: "lake", Key: "events/a b+c=ü.json", Body: '{"a":1}', ...head }))
  const got = await client().send(new GetObjectCommand({ Bucket: "lake", Key: "events/a b+c=ü.json" }))
  expect(await got.Body!.transformToString()).toBe('{"a":1}')
  expect(got).toMatchObject(head)
  expect(await client().send(new HeadObjectCommand({ Bucket: "lake", Key: "events/a b+c=ü.json" }))).toMatchObject({
    ...head,
    ContentLength: 7,
  })
  const part = await client().send(new GetObjectCommand({ Bucket: "lake", Key: "events/a b+c=ü.json", Range: "bytes=1-3" }))
  expect(await part.Body!.transformToString()).toBe('"a"')
})

test("a write outside the role's prefix is AccessDenied with role, action and ARN, and stores nothing", async () => {
  const error = await refusal(client("writer").send(new PutObjectCommand({ Bucket: "lake", Key: "else/a", Body: "x" })))
  expect([error.name, error.$metadata.httpStatusCode]).toEqual(["AccessDenied", 403])
  expect(error.message).toBe(
    "User: arn:aws:sts::123456789012:assumed-role/writer-role/writer is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::lake/else/a because no identity-based policy allows the s3:PutObject action",
  )
  expect((await refusal(client().send(new GetObjectCommand({ Bucket: "lake", Key: "else/a" })))).name).toBe("NoSuchKey")
})

test("a listing may be allowed for one prefix only", async () => {
  expect((await client("lister").send(new ListObjectsV2Command({ Bucket: "lake", Prefix: "events/" }))).KeyCount).toBeGreaterThan(
    0,
  )
  expect((await refusal(client("lister").send(new ListObjectsV2Command({ Bucket: "lake" })))).name).toBe("AccessDenied")
})

test("pages of a listing hold every key once, in byte order, whatever the letters", async () => {
  const keys = ["Z", "a", "B", "a/1", "a-1", "_", "é", "z", "\u{1F3BB}", "\uFF01"].map((name) => `list/${name}`)
  for (const Key of keys) await client().send(new PutObjectCommand({ Bucket: "lake", Key, Body: "x" }))
  const seen: string[] = []
  let ContinuationToken: string | undefined
  do {
    const page = await client().send(new ListObjectsV2Command({ Bucket: "lake", Prefix: "list/", MaxKeys: 3, ContinuationToken }))
    seen.push(...(page.Contents ?? []).map(({ Key }) => Key!))
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken)
  expect(seen).toEqual(keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
  const folders = await client().send(new ListObjectsV2Command({ Bucket: "lake", Prefix: "list/", Delimiter: "/" }))
  expect(folders.CommonPrefixes).toEqual([{ Prefix: "list/a/" }])
})

test("copying needs the right to read the source", async () => {
  const copy = new CopyObjectCommand({ Bucket: "lake", Key: "events/copy", CopySource: "lake/list/z" })
  expect((await refusal(client("writer").send(copy))).message).toContain("s3:GetObject on resource: arn:aws:s3:::lake/list/z")
  await client().send(copy)
})

test("deletions of several keys are authorised key by key", async () => {
  const Delete = { Objects: [{ Key: "list/z" }, { Key: "list/a&b" }] }
  const error = await refusal(client("writer").send(new DeleteObjectsCommand({ Bucket: "lake", Delete })))
  expect(error.message).toContain("s3:DeleteObject on resource: arn:aws:s3:::lake/list/z")
  expect((await client().send(new DeleteObjectsCommand({ Bucket: "lake", Delete }))).Deleted).toHaveLength(2)
  expect((await client().send(new DeleteObjectCommand({ Bucket: "lake", Key: "list/a" }))).$metadata.httpStatusCode).toBe(204)
})

const signed = (path: string, accessKey: string, expires: number) => {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "")
  const query = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${accessKey}/${date.slice(0, 8)}/us-east-1/s3/aws4_request`,
    "X-Amz-Date": date,
    "X-Amz-Expires": String(expires),
    "X-Amz-Signature": "00",
  }
  return `${running.awsUrl}${path}?${new URLSearchParams(query)}`
}

test("a signed URL carries the rights of its signer until it expires", async () => {
  const put = (url: string) =>
    fetch(url, { method: "PUT", body: "hi", headers: { "content-type": "application/x-www-form-urlencoded" } })
  expect((await put(signed("/lake/events/signed", "ASIAWRITER", 60))).status).toBe(200)
  expect((await put(signed("/lake/else/signed", "ASIAWRITER", 60))).status).toBe(403)
  expect(await (await put(signed("/lake/events/signed", "ASIAWRITER", -1))).text()).toContain("Request has expired")
  const got = await fetch(signed("/lake/events/signed", "AKIAADMIN", 60))
  expect([await got.text(), got.headers.get("content-type")]).toEqual(["hi", "application/x-www-form-urlencoded"])
})

test("what the engine would silently get wrong is refused by name", async () => {
  const put = { Bucket: "lake", Key: "list/x", Body: "x" }
  expect((await refusal(client().send(new PutObjectCommand({ ...put, IfNoneMatch: "*" })))).message).toContain(
    "NOT_SIMULATED: s3.PutObject with if-none-match",
  )
  expect(
    (await refusal(client().send(new GetObjectCommand({ Bucket: "lake", Key: "list/x", VersionId: "1" })))).message,
  ).toContain("NOT_SIMULATED: s3.GET object?versionId")
})

test("keys with dot segments are refused instead of landing on another key", async () => {
  const error = await refusal(client().send(new PutObjectCommand({ Bucket: "lake", Key: "events/../else/b", Body: "x" })))
  expect(error.name).toBe("InvalidURI")
})
