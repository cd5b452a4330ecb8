import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allow, refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("HeadObject", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud({ functions: { reader: [allow("s3:GetObject", "arn:aws:s3:::lake/*")] } })
  })
  afterAll(() => cloud?.stop())

  test("a head has everything but the bytes", async () => {
    const admin = cloud.client()
    await admin.send(new PutObjectCommand({ Bucket: "lake", Key: "k", Body: "hello", Metadata: { a: "ü" }, Tagging: "a=1&b=2" }))
    const head = await admin.send(new HeadObjectCommand({ Bucket: "lake", Key: "k" }))
    expect(head).toMatchObject({ ContentLength: 5, ContentType: "application/octet-stream", TagCount: 2 })
    expect(head.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"')
    expect(Math.abs(head.LastModified!.getTime() - cloud.cloud.now())).toBeLessThan(10_000)
    expect((await cloud.raw("HEAD", "/lake/k", { range: "bytes=1-2" })).headers.get("content-length")).toBe("2")
  })

  test("a missing key is 404, and 403 without the right to list", async () => {
    const head = (who?: string) => cloud.client(who).send(new HeadObjectCommand({ Bucket: "lake", Key: "missing" }))
    expect((await refusal(head())).$metadata.httpStatusCode).toBe(404)
    expect((await refusal(head("reader"))).$metadata.httpStatusCode).toBe(403)
  })
})
