import { createHash } from "node:crypto"
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allow, refusal, s3Cloud, textOf } from "../support/s3-cloud.ts"

describe("CopyObject", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud({
      functions: {
        writer: [allow("s3:PutObject", "arn:aws:s3:::lake/*")],
        copier: [allow("s3:PutObject", "arn:aws:s3:::lake/*"), allow("s3:GetObject", "arn:aws:s3:::lake/from*")],
      },
    })
    await cloud.client().send(
      new PutObjectCommand({
        Bucket: "lake",
        Key: "from a+b/ü",
        Body: "bytes",
        ContentType: "text/plain",
        Metadata: { a: "1" },
        Tagging: "t=1",
      }),
    )
    await cloud.client().send(new PutObjectCommand({ Bucket: "lake", Key: "from-plain", Body: "plain" }))
  })
  afterAll(() => cloud?.stop())

  const SOURCE = `/lake/${encodeURIComponent("from a+b/ü")}`
  const copy = (Key: string, input: Record<string, any> = {}, who?: string) =>
    cloud.client(who).send(new CopyObjectCommand({ Bucket: "lake", Key, CopySource: SOURCE, ...input }))
  const head = (Key: string) => cloud.client().send(new HeadObjectCommand({ Bucket: "lake", Key }))

  test("a copy takes bytes, metadata and tags, or other ones where told", async () => {
    const { CopyObjectResult } = await copy("copy")
    expect(CopyObjectResult!.ETag).toBe(`"${createHash("md5").update("bytes").digest("hex")}"`)
    expect(await head("copy")).toMatchObject({ ContentType: "text/plain", Metadata: { a: "1" }, TagCount: 1 })
    await copy("other", {
      MetadataDirective: "REPLACE",
      Metadata: { b: "2" },
      ContentType: "text/csv",
      TaggingDirective: "REPLACE",
      Tagging: "x=1&y=2",
    })
    expect(await head("other")).toMatchObject({ ContentType: "text/csv", Metadata: { b: "2" }, TagCount: 2 })
    expect(await textOf(await cloud.client().send(new GetObjectCommand({ Bucket: "lake", Key: "other" })))).toBe("bytes")
  })

  test("a copy outlives its source", async () => {
    await copy("kept", { CopySource: "lake/from-plain" })
    await cloud.raw("DELETE", "/lake/kept-else")
    await cloud.client().send(new PutObjectCommand({ Bucket: "lake", Key: "from-plain", Body: "new" }))
    expect(await textOf(await cloud.client().send(new GetObjectCommand({ Bucket: "lake", Key: "kept" })))).toBe("plain")
  })

  test("copying needs the right to read the source and to write the copy, and to copy tags", async () => {
    expect((await refusal(copy("c", {}, "writer"))).message).toContain("s3:GetObject on resource: arn:aws:s3:::lake/from a+b/ü")
    expect((await refusal(copy("c", {}, "copier"))).message).toContain("s3:GetObjectTagging")
    await copy("c", { CopySource: "lake/from-plain" }, "copier")
  })

  test("conditions are about the source, and those of the write about the target", async () => {
    const { ETag } = await head("copy")
    await copy("c2", { CopySourceIfMatch: ETag })
    for (const input of [{ CopySourceIfMatch: '"other"' }, { CopySourceIfNoneMatch: ETag }, { IfNoneMatch: "*" }])
      expect((await refusal(copy("c2", input))).$metadata.httpStatusCode).toBe(412)
    expect((await refusal(copy("c3", { CopySource: "lake/nothing" }))).name).toBe("NoSuchKey")
    expect((await refusal(copy("c3", { CopySource: "no-such-bucket/nothing" }))).name).toBe("NoSuchBucket")
  })

  test("a copy onto itself must change something", async () => {
    const self = { CopySource: "lake/copy" }
    expect((await refusal(copy("copy", self))).message).toContain("copy an object to itself")
    await copy("copy", { ...self, MetadataDirective: "REPLACE", Metadata: { c: "3" } })
    expect((await head("copy")).Metadata).toEqual({ c: "3" })
  })

  test("the copy of a multipart object is one object with the MD5 of its bytes", async () => {
    const admin = cloud.client()
    const at = { Bucket: "lake", Key: "multi" }
    const { UploadId } = await admin.send(new CreateMultipartUploadCommand(at))
    const bodies = [Buffer.alloc(5 * 1_048_576, "a"), Buffer.from("tail")]
    const Parts = []
    for (const [index, Body] of bodies.entries()) {
      const part = await admin.send(new UploadPartCommand({ ...at, UploadId, PartNumber: index + 1, Body }))
      Parts.push({ PartNumber: index + 1, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 })
    }
    await admin.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }))
    const { CopyObjectResult } = await copy("single", { CopySource: "lake/multi", ChecksumAlgorithm: "SHA256" })
    const whole = Buffer.concat(bodies)
    expect(CopyObjectResult!.ETag).toBe(`"${createHash("md5").update(whole).digest("hex")}"`)
    expect(CopyObjectResult!.ChecksumSHA256).toBe(createHash("sha256").update(whole).digest("base64"))
  })
})
