import { DeleteObjectCommand, GetObjectCommand, PutBucketVersioningCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allow, refusal, s3Cloud, textOf } from "../support/s3-cloud.ts"

describe("GetObject", () => {
  const BIG = Buffer.alloc(3 * 1_048_576 + 17, "0123456789abcdef-")
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud({
      functions: {
        reader: [allow("s3:GetObject", "arn:aws:s3:::lake/*")],
        lister: [allow("s3:GetObject", "arn:aws:s3:::lake/*"), allow("s3:ListBucket", "arn:aws:s3:::lake")],
      },
    })
    await cloud
      .client()
      .send(new PutObjectCommand({ Bucket: "lake", Key: "digits", Body: "0123456789", ContentType: "text/plain" }))
    await cloud.client().send(new PutObjectCommand({ Bucket: "lake", Key: "empty", Body: "" }))
    await cloud.client().send(new PutObjectCommand({ Bucket: "lake", Key: "big", Body: BIG }))
  })
  afterAll(() => cloud?.stop())

  const get = (input: Record<string, any>, who?: string) =>
    cloud.client(who).send(new GetObjectCommand({ Bucket: "lake", Key: "digits", ...input }))

  test.each([
    ["bytes=2-4", "234", "bytes 2-4/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-2", "89", "bytes 8-9/10"],
    ["bytes=-50", "0123456789", "bytes 0-9/10"],
    ["bytes=8-50", "89", "bytes 8-9/10"],
  ])("range %s", async (Range, text, ContentRange) => {
    const got = await get({ Range })
    expect([await textOf(got), got.ContentRange, got.$metadata.httpStatusCode, got.ContentLength]).toEqual([
      text,
      ContentRange,
      206,
      text.length,
    ])
  })

  test.each(["bytes=1-2,4-5", "bytes=5-3", "items=0-1", "bytes=-"])("%s is the whole object, as S3 reads it", async (Range) => {
    const got = await get({ Range })
    expect([await textOf(got), got.$metadata.httpStatusCode]).toEqual(["0123456789", 200])
  })

  test("a range behind the end is 416 with the size", async () => {
    const errors = [
      await refusal(get({ Range: "bytes=10-" })),
      await refusal(get({ Key: "empty", Range: "bytes=0-" })),
      await refusal(get({ Range: "bytes=-0" })),
    ]
    expect(
      errors.map(({ name, $metadata, ActualObjectSize }) => [name, $metadata.httpStatusCode, Number(ActualObjectSize)]),
    ).toEqual([
      ["InvalidRange", 416, 10],
      ["InvalidRange", 416, 0],
      ["InvalidRange", 416, 10],
    ])
  })

  test("a large object streams, whole and in ranges across its chunks", async () => {
    const whole = await get({ Key: "big" })
    expect(Buffer.from(await whole.Body!.transformToByteArray()).equals(BIG)).toBe(true)
    const part = await get({ Key: "big", Range: `bytes=1048570-${2 * 1_048_576 + 5}` })
    expect(Buffer.from(await part.Body!.transformToByteArray()).equals(BIG.subarray(1_048_570, 2 * 1_048_576 + 6))).toBe(true)
  })

  test("a reader keeps the bytes it began with while the object is deleted", async () => {
    await cloud.client().send(new PutObjectCommand({ Bucket: "lake", Key: "going", Body: BIG }))
    const { body } = await cloud.raw("GET", "/lake/going")
    const reader = body!.getReader()
    const chunks = [(await reader.read()).value!]
    await cloud.client().send(new DeleteObjectCommand({ Bucket: "lake", Key: "going" }))
    for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value)
    expect(Buffer.concat(chunks).equals(BIG)).toBe(true)
  })

  test("conditions answer 304 and 412, and an ETag decides over a date", async () => {
    const { ETag, LastModified } = await get({})
    const earlier = new Date(LastModified!.getTime() - 60_000)
    const status = async (input: Record<string, any>) =>
      get(input).then(
        ({ $metadata }) => $metadata.httpStatusCode,
        ({ $metadata }) => $metadata.httpStatusCode,
      )
    expect(await status({ IfMatch: ETag })).toBe(200)
    expect(await status({ IfMatch: '"other"' })).toBe(412)
    expect(await status({ IfNoneMatch: ETag })).toBe(304)
    expect(await status({ IfNoneMatch: '"other"' })).toBe(200)
    expect(await status({ IfModifiedSince: LastModified })).toBe(304)
    expect(await status({ IfModifiedSince: earlier })).toBe(200)
    expect(await status({ IfUnmodifiedSince: earlier })).toBe(412)
    expect(await status({ IfMatch: ETag, IfUnmodifiedSince: earlier })).toBe(200)
    expect(await status({ IfNoneMatch: '"other"', IfModifiedSince: LastModified })).toBe(200)
    const fresh = await cloud.raw("GET", "/lake/digits", { "if-none-match": ETag! })
    expect([fresh.status, fresh.headers.get("etag"), await fresh.text()]).toEqual([304, ETag, ""])
  })

  test("response headers may be chosen by who signs", async () => {
    const got = await get({ ResponseContentType: "text/csv", ResponseContentDisposition: 'attachment; filename="a.csv"' })
    expect([got.ContentType, got.ContentDisposition]).toEqual(["text/csv", 'attachment; filename="a.csv"'])
    expect((await cloud.raw("GET", "/lake/digits?response-x-evil=1")).status).toBe(400)
  })

  test("who may not list a bucket is not told that a key is missing", async () => {
    const hidden = await refusal(get({ Key: "missing" }, "reader"))
    expect([hidden.name, hidden.$metadata.httpStatusCode]).toEqual(["AccessDenied", 403])
    expect(hidden.message).toContain("s3:ListBucket on resource: arn:aws:s3:::lake ")
    const told = await refusal(get({ Key: "missing" }, "lister"))
    expect([told.name, told.$metadata.httpStatusCode, told.Key]).toEqual(["NoSuchKey", 404, "missing"])
    expect(await textOf(await get({}, "reader"))).toBe("0123456789")
  })

  test("versions are read by id, need a right of their own, and a delete marker says that it is one", async () => {
    const admin = cloud.client()
    await cloud.cloud.call({ service: "s3", method: "PUT", path: "/versioned-bucket" })
    const Bucket = "versioned-bucket"
    await admin.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }))
    const one = await admin.send(new PutObjectCommand({ Bucket, Key: "k", Body: "one" }))
    await admin.send(new PutObjectCommand({ Bucket, Key: "k", Body: "two" }))
    const read = (VersionId?: string) => admin.send(new GetObjectCommand({ Bucket, Key: "k", VersionId }))
    expect(await textOf(await read(one.VersionId))).toBe("one")
    const newest = await read()
    expect([await textOf(newest), newest.VersionId!.length]).toEqual(["two", 32])
    const marker = await admin.send(new DeleteObjectCommand({ Bucket, Key: "k" }))
    expect(marker).toMatchObject({ DeleteMarker: true })
    const gone = await refusal(read())
    expect([gone.name, gone.$response.headers["x-amz-delete-marker"]]).toEqual(["NoSuchKey", "true"])
    const asked = await refusal(read(marker.VersionId))
    expect([asked.name, asked.$metadata.httpStatusCode, asked.$response.headers.allow]).toEqual([
      "MethodNotAllowed",
      405,
      "DELETE",
    ])
    expect((await refusal(read("nope"))).name).toBe("NoSuchVersion")
    expect((await refusal(get({ VersionId: "null" }, "reader"))).message).toContain("s3:GetObjectVersion")
  })

  test("a bucket is also reached by its host name", async () => {
    const { request } = await import("node:http")
    const { port } = new URL(cloud.awsUrl)
    const text = await new Promise<string>((resolve, reject) => {
      const headers = {
        host: `lake.s3.localhost:${port}`,
        authorization: "AWS4-HMAC-SHA256 Credential=AKIA/20300101/us-east-1/s3/aws4_request, x",
      }
      request({ port, host: "127.0.0.1", path: "/digits", headers }, (answer) => {
        let all = ""
        answer.on("data", (data) => (all += data)).on("end", () => resolve(all))
      })
        .on("error", reject)
        .end()
    })
    expect(text).toBe("0123456789")
  })
})
