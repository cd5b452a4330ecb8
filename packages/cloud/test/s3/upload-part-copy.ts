import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allow, refusal, s3Cloud, textOf } from "../support/s3-cloud.ts"

describe("UploadPartCopy", () => {
  const SOURCE = Buffer.alloc(6 * 1_048_576, "abcdefg").toString()
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  let UploadId: string
  beforeAll(async () => {
    cloud = await s3Cloud({ functions: { writer: [allow("s3:PutObject", "arn:aws:s3:::lake/*")] } })
    await cloud.client().send(new PutObjectCommand({ Bucket: "lake", Key: "source", Body: SOURCE }))
    UploadId = (await cloud.client().send(new CreateMultipartUploadCommand({ Bucket: "lake", Key: "k" }))).UploadId!
  })
  afterAll(() => cloud?.stop())

  const copy = (PartNumber: number, CopySourceRange?: string, who?: string) =>
    cloud
      .client(who)
      .send(
        new UploadPartCopyCommand({ Bucket: "lake", Key: "k", UploadId, PartNumber, CopySource: "lake/source", CopySourceRange }),
      )

  test("parts made of ranges of another object make an object", async () => {
    const results = [await copy(1, `bytes=7-${5 * 1_048_576 + 6}`), await copy(2, "bytes=0-2")]
    const Parts = results.map(({ CopyPartResult }, index) => ({
      PartNumber: index + 1,
      ETag: CopyPartResult!.ETag,
      ChecksumCRC32: CopyPartResult!.ChecksumCRC32,
    }))
    await cloud
      .client()
      .send(new CompleteMultipartUploadCommand({ Bucket: "lake", Key: "k", UploadId, MultipartUpload: { Parts } }))
    const text = await textOf(await cloud.client().send(new GetObjectCommand({ Bucket: "lake", Key: "k" })))
    expect(text === SOURCE.slice(7, 5 * 1_048_576 + 7) + SOURCE.slice(0, 3)).toBe(true)
  })

  test("ranges outside the source and sources that may not be read are refused", async () => {
    UploadId = (await cloud.client().send(new CreateMultipartUploadCommand({ Bucket: "lake", Key: "k" }))).UploadId!
    expect((await refusal(copy(1, `bytes=0-${SOURCE.length}`))).message).toContain(
      `not valid for source object of size: ${SOURCE.length}`,
    )
    expect((await refusal(copy(1, "bytes=-5"))).name).toBe("InvalidArgument")
    expect((await refusal(copy(1, undefined, "writer"))).message).toContain("s3:GetObject on resource: arn:aws:s3:::lake/source")
  })
})
