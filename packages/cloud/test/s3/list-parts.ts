import { CreateMultipartUploadCommand, ListPartsCommand, UploadPartCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allow, refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("ListParts", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud({ functions: { writer: [allow("s3:PutObject", "arn:aws:s3:::lake/*")] } })
  })
  afterAll(() => cloud?.stop())

  test("parts are listed by number, page by page", async () => {
    const at = { Bucket: "lake", Key: "k" }
    const { UploadId } = await cloud
      .client()
      .send(new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: "CRC32", StorageClass: "STANDARD_IA" }))
    for (const PartNumber of [10, 2, 7])
      await cloud.client().send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body: "123456789" }))
    const list = (input: Record<string, any> = {}, who?: string) =>
      cloud.client(who).send(new ListPartsCommand({ ...at, UploadId, ...input }))
    const first = await list({ MaxParts: 2 })
    expect([first.Parts!.map(({ PartNumber }) => PartNumber), first.IsTruncated, first.NextPartNumberMarker]).toEqual([
      [2, 7],
      true,
      "7",
    ])
    expect(first).toMatchObject({ StorageClass: "STANDARD_IA", ChecksumAlgorithm: "CRC32", ChecksumType: "COMPOSITE" })
    expect(first.Parts![0]).toMatchObject({ Size: 9, ChecksumCRC32: "y/Q5Jg==" })
    const rest = await list({ PartNumberMarker: first.NextPartNumberMarker })
    expect([rest.Parts!.map(({ PartNumber }) => PartNumber), rest.IsTruncated]).toEqual([[10], false])
    expect((await refusal(list({}, "writer"))).message).toContain("s3:ListMultipartUploadParts")
    expect((await refusal(list({ UploadId: "nope" }))).name).toBe("NoSuchUpload")
  })
})
